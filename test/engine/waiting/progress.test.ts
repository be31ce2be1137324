import { expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { runLuma, type LumaRunOptions } from '../../../support/engine/engine';
import { FAST_POLLING, PROMPT, startService } from '../../../support/engine/service';

async function linesOf(
	mode: LumaRunOptions['mode'],
): Promise<{ lines: string[]; taskId: unknown }> {
	const { url } = await startService();
	const lines: string[] = [];
	const { json } = await runLuma({
		url,
		mode,
		sendDataToUI: (type, data) => lines.push(`${type}: ${String((data as IDataObject).messages)}`),
		parameters: { prompt: PROMPT, options: FAST_POLLING },
	});
	return { lines, taskId: json[0].taskId };
}

it('tells a person in the editor about the task as soon as there is one, and when the video is ready', async () => {
	const { lines, taskId } = await linesOf('manual');

	expect(lines[0]).toContain(`sendConsoleMessage: Task ${String(taskId)}`);
	expect(lines.at(-1)).toContain('is completed');
});

it('sends nothing to an editor when nobody watches', async () => {
	expect((await linesOf('trigger')).lines).toEqual([]);
});
