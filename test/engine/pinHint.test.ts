import { expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { LUMA, runLuma, type LumaRun, type LumaRunOptions } from '../../support/engine';
import { FAST_POLLING, PROMPT, startService } from './service';

async function hintsOf(options: IDataObject, more: Partial<LumaRunOptions> = {}) {
	const { simulator, url } = await startService();
	const { parameters, ...rest } = more;
	const run: LumaRun = await runLuma({
		url,
		parameters: { prompt: PROMPT, options: { ...FAST_POLLING, ...options }, ...parameters },
		...rest,
	});
	const [{ hints = [] }] = run.data.resultData.runData[LUMA];
	return { simulator, run, hints: hints.map(({ message }) => message) };
}

it('advises to pin the output after a manual run that has paid, and says what it has paid', async () => {
	const { hints } = await hintsOf({}, { items: [{}, {}] });

	expect(hints).toEqual([expect.stringContaining('$0.40 this time')]);
	expect(hints[0]).toContain('pin this output');
});

it('advises to download the files with a node of its own, since n8n pins no files', async () => {
	const { hints, run } = await hintsOf({ binaryOutput: ['video'] });

	expect(run.items[0].binary).toBeDefined();
	expect(hints).toEqual([expect.stringMatching(/'Binary Output'.*Video → Download/)]);
});

it('gives no such advice in production, in a dry run, or where a task was only waited for', async () => {
	expect((await hintsOf({}, { mode: 'trigger' })).hints).toEqual([]);

	const dry = await hintsOf({ dryRun: true });
	expect(dry.run.json[0].dryRun).toBe(true);
	expect(dry.hints.join()).not.toContain('pin');

	const { simulator, run } = await hintsOf({});
	const wait = { resource: 'task', operation: 'wait', taskId: run.json[0].taskId };
	const waited = await runLuma({ url: simulator.baseUrl, parameters: wait as IDataObject });
	expect(waited.json[0].status).toBe('completed');
	expect(waited.data.resultData.runData[LUMA][0].hints).toEqual([]);
});
