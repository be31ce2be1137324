import { expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import type { LumaRunOptions } from '../../../support/engine/engine';
import { runOnce } from '../../../support/engine/runOnce';

async function linesOf(mode: LumaRunOptions['mode']) {
	const lines: string[] = [];
	const { json } = await runOnce(
		{},
		{
			mode,
			sendDataToUI: (type, data) =>
				lines.push(`${type}: ${String((data as IDataObject).messages)}`),
		},
	);
	return { lines, taskId: String(json[0].taskId) };
}

it('tells a person in the editor about the task as soon as there is one, and when the video is ready', async () => {
	const { lines, taskId } = await linesOf('manual');

	expect(lines[0]).toContain(`sendConsoleMessage: Task ${taskId}`);
	expect(lines.at(-1)).toContain('is completed');
});

it('sends nothing to an editor when nobody watches', async () => {
	expect((await linesOf('trigger')).lines).toEqual([]);
});
