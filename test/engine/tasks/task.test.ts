import { expect, it } from '@jest/globals';

import { until } from '../../../support/eventually';
import { runLuma } from '../../../support/engine/engine';
import { FAST_POLLING, count, PROMPT, startService } from '../../../support/engine/service';

async function startServiceWithTask(options: Parameters<typeof startService>[0] = {}) {
	const service = await startService(options);
	const made = await runLuma({
		url: service.url,
		parameters: { prompt: PROMPT, waitMode: 'none' },
	});
	return { ...service, taskId: String(made.json[0].taskId) };
}

it('reads a task that is under way without waiting for it', async () => {
	const { simulator, url, taskId } = await startServiceWithTask({ renderSeconds: 60 });
	const { json } = await runLuma({
		url,
		items: [{ taskId }],
		parameters: { resource: 'task', operation: 'get', taskId: '={{ $json.taskId }}' },
	});

	expect(json[0]).toMatchObject({ taskId, status: 'processing', videoUrl: null, prompt: PROMPT });
	expect(count(simulator, 'read')).toBe(1);
});

it('reads a task that failed as an item, with the reason', async () => {
	const { simulator, url, taskId } = await startServiceWithTask({
		renderSeconds: 0.1,
		outcome: () => ({ message: 'no GPU left' }),
	});
	await until('the task has failed', () => simulator.tasks.get(taskId)?.status === 'failed');
	const { json, error } = await runLuma({
		url,
		parameters: { resource: 'task', operation: 'get', taskId },
	});

	expect(error).toBeUndefined();
	expect(json[0]).toMatchObject({ taskId, status: 'failed', failureReason: 'no GPU left' });
	expect(json[0]).not.toHaveProperty('error');
});

it('explains that PiAPI does not know the task', async () => {
	const { url } = await startService();
	const { error } = await runLuma({
		url,
		parameters: {
			resource: 'task',
			operation: 'get',
			taskId: 'c42f6ec7-0000-4b8e-9d5e-000000000000',
		},
	});

	expect(error?.message).toContain('PiAPI does not know this task');
	expect(error?.description).toContain('Check the task ID');
});

it('waits for tasks that another node created, and creates none', async () => {
	const { simulator, url, taskId } = await startServiceWithTask({ renderSeconds: 0.4 });
	const { json } = await runLuma({
		url,
		items: [{ taskId }],
		parameters: {
			resource: 'task',
			operation: 'wait',
			taskId: '={{ $json.taskId }}',
			options: FAST_POLLING,
		},
	});

	expect(json[0]).toMatchObject({
		taskId,
		status: 'completed',
		videoUrl: expect.stringMatching(/^http/),
	});
	expect(count(simulator, 'create')).toBe(1);
});

it('has a finished task at once', async () => {
	const { simulator, url, taskId } = await startServiceWithTask({ renderSeconds: 0 });
	const { json } = await runLuma({
		url,
		parameters: { resource: 'task', operation: 'wait', taskId },
	});

	expect(json[0]).toMatchObject({ status: 'completed' });
	expect(count(simulator, 'read')).toBe(1);
});

it('names the task when the wait for it takes too long', async () => {
	const { url, taskId } = await startServiceWithTask({ renderSeconds: 60 });
	const { error } = await runLuma({
		url,
		parameters: {
			resource: 'task',
			operation: 'wait',
			taskId,
			options: { ...FAST_POLLING, timeoutMinutes: 0.01 },
		},
	});

	expect(error?.message).toBe(`The video was not finished within the time limit (task ${taskId})`);
});

it('does not claim to have created the tasks that it only waited for', async () => {
	const { url, taskId } = await startServiceWithTask({ renderSeconds: 60 });
	const { error } = await runLuma({
		url,
		items: [{ taskId: 'c42f6ec7-0000-4b8e-9d5e-000000000000' }, { taskId }],
		parameters: {
			resource: 'task',
			operation: 'wait',
			taskId: '={{ $json.taskId }}',
			options: { ...FAST_POLLING, timeoutMinutes: 0.02 },
		},
	});

	expect(error?.message).toContain('within the time limit');
	expect(error?.description).not.toMatch(/created in this run|Executions list/);
});
