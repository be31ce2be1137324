/* eslint-disable no-console */
import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { historyFaults } from '../../simulator';
import { credentialsOf, openSimulator, RIGHT_KEY } from '../../support/n8n/testbed';
import type { LumaSettings } from '../../support/n8n/workflows';
import { Batch } from '../../support/queue/batch';
import { openQueueTestbed, WORKERS, type QueueTestbed } from '../../support/queue/testbed';
import { reportingWorkflow } from '../../support/queue/workflows';

const EXECUTIONS = 200;
/** As many videos of $0.20 as the limit has room for. */
const ROOM = 20;

/** Items that are not created go on, too. */
const WITHOUT_WAITING: LumaSettings = {
	parameters: { waitMode: 'none' },
	onError: 'continueRegularOutput',
};

let testbed: QueueTestbed;
beforeAll(async () => {
	testbed = await openQueueTestbed();
});
afterAll(async () => await testbed?.close());

/** Has 200 executions of two workers begin at once with a limit for 20 videos; how many there are then. */
async function createdVideos(name: string, lagSeconds: number): Promise<number> {
	// An account of its own.
	const { simulator, close } = await openSimulator({ concurrency: EXECUTIONS });
	try {
		if (lagSeconds > 0) {
			const effect = { kind: 'lag', seconds: lagSeconds } as const;
			simulator.addFault({ route: 'history', calls: 'every', effect });
		}
		const limit = { dailyLimitUsd: 0.2 * ROOM };
		const credential = await credentialsOf(testbed.client, simulator)(RIGHT_KEY, limit);
		const batch = new Batch({ ...testbed, simulator }, name, EXECUTIONS);
		const place = { ...testbed, credential };
		await batch.start(await testbed.activate(reportingWorkflow(place, WITHOUT_WAITING)));
		await batch.untilDelivered();

		const { size } = simulator.tasks;
		const reads = simulator.calls.filter(({ route }) => route === 'history').length;
		console.info(`${name}: ${size} videos, ${reads} reads of the task list`);
		expect(batch.deliveries.filter(({ taskId }) => taskId)).toHaveLength(size);
		return size;
	} finally {
		await close();
	}
}

test('two workers see the videos of each other in the task list, so that together they create fewer than each could alone', async () => {
	const created = await createdVideos('list without lag', 0);

	expect(created).toBeGreaterThanOrEqual(ROOM);
	expect(created).toBeLessThan(ROOM * WORKERS);
});

test('with a task list that lags by a minute each worker keeps to the limit', async () => {
	const { seconds } = historyFaults.lagsBy60Seconds;
	const created = await createdVideos('list with a lag', seconds);

	expect(created).toBeGreaterThanOrEqual(ROOM);
	expect(created).toBeLessThanOrEqual(ROOM * WORKERS);
});
