import { expect, it } from '@jest/globals';

import { fault, LOST } from '../../../support/faults';
import { virtualRun } from '../../../support/virtualTime/virtualRun';

it('tells each step of a video once, with its task', async () => {
	const { progress, outcomes } = await virtualRun({
		service: { queueSeconds: 20, renderSeconds: 100 },
	});

	const { taskId, task } = outcomes[0];
	expect(progress).toEqual([
		expect.stringContaining(`${taskId} is queued`),
		expect.stringContaining(`${taskId} is under way`),
		expect.stringContaining(`${taskId} is completed: ${task?.videoUrl}`),
	]);
});

it('names the item where there are several', async () => {
	const { progress } = await virtualRun({ items: 2 });

	expect(progress).toContainEqual(expect.stringMatching(/is completed.* \[item 0\]$/));
	expect(progress).toContainEqual(expect.stringMatching(/is completed.* \[item 1\]$/));
});

it('tells that a task is searched for when PiAPI did not confirm it', async () => {
	const { progress } = await virtualRun({ faults: [fault('create', LOST)] });

	expect(progress[0]).toContain('Looking for its task');
	expect(progress.at(-1)).toContain('is completed');
});

it('tells how a video ended that was not made or not finished in time', async () => {
	const failed = await virtualRun({ service: { outcome: () => ({ message: 'no GPU left' }) } });
	const late = await virtualRun({
		service: { renderSeconds: 3600 },
		wait: { timeoutMs: 60_000, onTimeout: 'output' },
	});

	expect(failed.progress.at(-1)).toContain('could not make this video');
	expect(late.progress.at(-1)).toContain('PiAPI keeps working on it');
});
