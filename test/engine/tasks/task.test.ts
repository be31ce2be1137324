import { describe, expect, it } from '@jest/globals';

import type { SimulatorOptions } from '../../../simulator';
import { runLuma, type LumaRunOptions } from '../../../support/engine/engine';
import { FAST_POLLING, count, PROMPT } from '../../../support/engine/service';
import { startServiceWith } from '../../../support/engine/webhookRequests';

const GONE = 'c42f6ec7-0000-4b8e-9d5e-000000000000';

async function startServiceWithTask(options: SimulatorOptions = {}) {
	const service = { renderSeconds: Infinity, ...options };
	const { simulator, url, made } = await startServiceWith(1, service);
	const [taskId] = made;
	const run = async (operation: string, own: Partial<LumaRunOptions> = {}, limits = {}) => {
		const parameters = {
			...{ resource: 'task', operation, taskId: '={{ $json.taskId }}' },
			...(operation === 'wait' && { options: { ...FAST_POLLING, ...limits } }),
		};
		return await runLuma({ url, items: [{ taskId }], parameters, ...own });
	};
	return { simulator, taskId, run };
}

describe('Get', () => {
	it('reads a task that is under way without waiting for it', async () => {
		const { simulator, taskId, run } = await startServiceWithTask();
		const { json } = await run('get');
		expect(json[0]).toMatchObject({ taskId, status: 'processing', videoUrl: null, prompt: PROMPT });
		expect(count(simulator, 'read')).toBe(1);
	});

	it('reads a task that failed as an item, with the reason', async () => {
		const { simulator, taskId, run } = await startServiceWithTask();
		simulator.fail(simulator.tasks.get(taskId)!, { message: 'no GPU left' });
		const { json, error } = await run('get');
		expect(error).toBeUndefined();
		expect(json[0]).toMatchObject({ taskId, status: 'failed', failureReason: 'no GPU left' });
		expect(json[0]).not.toHaveProperty('error');
	});
});

describe('Wait', () => {
	it('brings tasks that another node created, and creates none', async () => {
		const { simulator, taskId, run } = await startServiceWithTask({
			renderSeconds: undefined,
			readsPerStep: 2,
		});
		const { json } = await run('wait');
		const videoUrl = expect.stringMatching(/^http/);
		expect(json[0]).toMatchObject({ taskId, status: 'completed', videoUrl });
		expect(count(simulator, 'create')).toBe(1);
	});

	it('names the task when it takes too long, and does not claim to have created it', async () => {
		const { taskId, run } = await startServiceWithTask();
		const { error } = await run('wait', {}, { timeoutMinutes: 0.01 });
		const message = `The video was not finished within the time limit (task ${taskId})`;
		expect(error?.message).toBe(message);

		const items = [{ taskId: GONE }, { taskId }];
		const { error: ofTwo } = await run('wait', { items }, { timeoutMinutes: 0.02 });
		expect(ofTwo?.message).toContain('within the time limit');
		expect(ofTwo?.description).not.toMatch(/created in this run|Executions list/);
	});
});

describe('Cancel', () => {
	it('returns the money of a task that has not started', async () => {
		const service = { queueSeconds: Infinity, balanceUsd: 1 };
		const { simulator, taskId, run } = await startServiceWithTask(service);
		const message = expect.stringContaining('not charged');
		expect((await run('cancel')).json).toEqual([
			{ taskId, cancelled: true, status: 'cancelled', message },
		]);
		expect(simulator.balancePoints).toBe(10_000_000);
	});

	it('explains that a running task cannot be cancelled', async () => {
		const { taskId, run } = await startServiceWithTask();
		const { json, error } = await run('cancel');
		const message = expect.stringContaining('Task → Wait');
		expect(error).toBeUndefined();
		expect(json).toEqual([{ taskId, cancelled: false, status: 'processing', message }]);
	});
});

it.each([
	['get', /Check the task ID/],
	['cancel', /./],
])('%s explains that PiAPI does not know the task', async (operation, remedy) => {
	const { run } = await startServiceWithTask();
	const { error } = await run(operation, { items: [{ taskId: GONE }] });
	expect(error?.message).toContain('PiAPI does not know this task');
	expect(error?.description).toMatch(remedy);
});
