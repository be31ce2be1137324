/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Console } from 'node:console';
import { writeFileSync } from 'node:fs';

import { chosenVersion, n8nReleases } from '../../scripts/n8n/versions';
import type { SimulatedTask, SimulatorRequest } from '../../simulator';
import { FORGED_URL, secretOf, webhook } from '../../support/engine/webhookRequests';
import { until } from '../../support/eventually';
import { post, type ActiveWorkflow } from '../../support/n8n/runs';
import type { Batch, QueueResults, Row } from '../../support/queue/batch';
import { openQueueTestbed, SLOTS, WORKERS, type QueueTestbed } from '../../support/queue/testbed';
import { reportingWorkflow, waitFor } from '../../support/queue/workflows';

const rows: Row[] = [];

let testbed: QueueTestbed;
let suspending: ActiveWorkflow;
let polling: ActiveWorkflow;
/** Started first, as its deadline takes minutes: PiAPI's calls for it are all lost. */
let unheard: Batch;

beforeAll(async () => {
	testbed = await openQueueTestbed();
	const { activate } = testbed;
	const suspend = { parameters: { waitMode: 'callback' }, options: { timeoutMinutes: 2 } };
	suspending = await activate(reportingWorkflow(testbed, suspend));
	// How often it polls is up to the node.
	const poll = { pollIntervalSeconds: 0, timeoutMinutes: 15 };
	polling = await activate(reportingWorkflow(testbed, { options: poll }));

	// What is measured is n8n at work, not the first executions of a process that has just started.
	const first = testbed.batch('first', 80, () => 1);
	await first.start(suspending);
	await first.untilDelivered();

	unheard = testbed.batch('unheard', 1);
	testbed.simulator.addFault({
		route: 'callback',
		calls: 'every',
		when: ({ body }) => JSON.stringify(body).includes(unheard.prompts[0]),
		effect: { kind: 'reset' },
	});
	const retry = waitFor('={{ $json.taskId }}');
	await unheard.start(await activate(reportingWorkflow(testbed, suspend, retry)));
	await unheard.untilSlotsAreFree();
});

afterAll(async () => {
	const { QUEUE_RESULTS: file } = process.env;
	const { release } = n8nReleases[chosenVersion()];
	const results: QueueResults = { n8n: release, workers: WORKERS, slotsPerWorker: SLOTS, rows };
	if (file) writeFileSync(file, `${JSON.stringify(results, null, '\t')}\n`);
	new Console(process.stdout).table(rows);
	await testbed?.close();
});

/** Notes down what a batch came to: every order paid once, and its last node run once. */
function expectEachOnce(batch: Batch, isMeasured = false): void {
	const row = batch.row(isMeasured);
	rows.push(row);
	expect(row).toMatchObject({ created: row.executions, lost: 0, runTwice: 0 });
}

/** The execution of the calls that are lost may go on meanwhile. */
function expectSlotsTaken({ startedAt }: Batch, count: number): void {
	expect([count, count + 1]).toContain(testbed.slots.takenSince(startedAt));
}

async function answers(url: string): Promise<boolean> {
	return await fetch(`${url}/healthz`).then(Boolean, () => false);
}

async function newest({ workflowId }: ActiveWorkflow, count: number) {
	const executions = await testbed.client.executions(workflowId);
	return executions.sort((a, b) => Number(b.id) - Number(a.id)).slice(0, count);
}

describe('executions of one video each on two workers with five slots', () => {
	async function measured(name: string, count: number, workflow: ActiveWorkflow): Promise<Batch> {
		const batch = testbed.batch(name, count);
		await batch.start(workflow);
		await batch.untilDelivered();
		await batch.untilSlotsAreFree();
		return batch;
	}

	test('suspended executions wait at the same time, and hold a slot only to create the task and to continue', async () => {
		const batch = await measured('suspended', 200, suspending);

		expectEachOnce(batch, true);
		expect(new Set(batch.deliveries.map(({ status }) => status))).toEqual(new Set(['completed']));
		// However slow the machine is: more videos are under way than executions have slots.
		expect(batch.mostAtOnce).toBeGreaterThan(WORKERS * SLOTS);
		// One job to create the task, and one to continue.
		expectSlotsTaken(batch, 2 * batch.prompts.length);
	});

	test('polling, they wait for each other, as each holds its slot until its video is there', async () => {
		const batch = await measured('polling', 50, polling);

		expectEachOnce(batch, true);
		expect(batch.mostAtOnce).toBeLessThanOrEqual(WORKERS * SLOTS);
		expectSlotsTaken(batch, batch.prompts.length);
	});
});

describe('n8n is killed (kill -9)', () => {
	test('a worker: suspended executions are not affected, and all videos arrive', async () => {
		const suspended = testbed.batch('worker killed', 20, (i) => (i < 10 ? 6 : Infinity));
		// More than one worker can take, so both are at work.
		const polled = testbed.batch('polling meanwhile', SLOTS + 1, () => Infinity);
		await polled.start(polling);
		await suspended.start(suspending);
		await suspended.untilDelivered(10);
		const onlyPolledHold = () =>
			testbed.slots.heldSince(polled.startedAt) === polled.prompts.length;
		await until('the other half is suspended', onlyPolledHold);
		const [killed] = testbed.n8n.workers;
		await killed.stop();
		const lost = (await newest(polling, polled.prompts.length)).filter(({ id }) =>
			killed.log().includes(`Worker started execution ${id} `),
		);
		expect(lost.length).toBeGreaterThan(0);

		testbed.endVideos();
		await suspended.untilDelivered();
		expectEachOnce(suspended);

		await polled.untilDelivered(polled.prompts.length - lost.length);
		const { missing, tasks } = polled;
		expect(missing.length).toBe(lost.length);
		await testbed.n8n.addWorker();
		const recovery = waitFor('={{ $json.body.taskId }}');
		const wayBack = await testbed.activate(reportingWorkflow(testbed, recovery));
		for (const { taskId, input } of tasks) {
			if (missing.includes(String(input.prompt)))
				await wayBack.call({ prompt: input.prompt, taskId });
		}
		await polled.untilDelivered();
		expectEachOnce(polled);
	});

	test('the main process: PiAPI sends its webhooks again, and each execution resumes once', async () => {
		const many = testbed.batch('main restarted', 200, (i) => (i < 4 ? 5 : Infinity));
		await many.start(suspending);
		await many.untilDelivered(4);
		await many.untilSlotsAreFree();
		const unanswered = () => many.calls('callback').filter(({ status }) => status === 'reset');
		const { n8n } = testbed;
		const restarted = n8n.crash().then(n8n.restart);
		await until('the main process is down', async () => !(await answers(n8n.url)));
		testbed.endVideos();
		await until('a webhook was not answered', () => unanswered().length > 0);
		await restarted;
		// The time limit resumes executions whose webhooks PiAPI has given up.
		await many.untilDelivered();

		expectEachOnce(many);
	});
});

/** Calls the address that resumes the execution of the task; brings the status that n8n answers. */
async function send({ config }: SimulatedTask, body: object, secret?: string): Promise<number> {
	const endpoint = String(config.webhook_config?.endpoint);
	const headers = secret === undefined ? {} : { 'x-webhook-secret': secret };
	const response = await post(endpoint, body, headers);
	await response.body?.cancel();
	return response.status;
}

/**
 * Sends copies of every call that the simulator sends for the tasks of a batch, in the same moment, until
 * it is stopped.
 *
 * @returns stops it, and tells what n8n answered to the copies
 */
function duplicateWebhooks(batch: Batch, copies: number): () => Promise<number[]> {
	const answers: Array<Promise<number>> = [];
	let copied = 0;
	const timer = setInterval(() => {
		const calls = batch.calls('callback');
		const { tasks } = batch;
		for (const { taskId, body } of calls.slice(copied)) {
			const task = tasks.find((candidate) => candidate.taskId === taskId)!;
			for (let copy = 0; copy < copies; copy++) {
				answers.push(send(task, body as object, secretOf(task)));
			}
		}
		copied = calls.length;
	}, 10);
	return async () => {
		clearInterval(timer);
		return await Promise.all(answers);
	};
}

describe('calls that PiAPI did not make, or made too often', () => {
	test('a hundred forged webhooks resume no execution', async () => {
		const twenty = testbed.batch('forged calls', 20, () => Infinity);
		await twenty.start(suspending);
		await twenty.untilSlotsAreFree();
		const statuses = async () => (await newest(suspending, 20)).map(({ status }) => status);
		const allSuspended = Array<string>(20).fill('waiting');
		expect(await statuses()).toEqual(allSuspended);

		const madeUp = webhook('00000000-0000-4000-8000-000000000000');
		const wrong = 'a-secret-that-is-wrong';
		const answers = await Promise.all(
			twenty.tasks.flatMap((task) => [
				send(task, webhook(task.taskId)),
				send(task, webhook(task.taskId), wrong),
				send(task, madeUp, wrong),
			]),
		);
		// By somebody who knows the secret: about a task that nobody ordered, and an end that is none.
		await Promise.all(
			twenty.tasks.flatMap((task) => [
				send(task, madeUp, secretOf(task)),
				send(task, webhook(task.taskId), secretOf(task)),
			]),
		);

		expect(answers).toEqual(Array(60).fill(401));
		expect(await statuses()).toEqual(allSuspended);
		expect(twenty.deliveries).toEqual([]);
		testbed.endVideos();
		await twenty.untilDelivered();
		expectEachOnce(twenty);
		expect(JSON.stringify(twenty.deliveries)).not.toContain(FORGED_URL);
	});

	test('early, doubled and late calls by the hundred: the next node runs once', async () => {
		// The videos of the first half are made in the moment in which n8n puts the execution to sleep.
		const forty = testbed.batch('doubled calls', 40, (i) => (i < 20 ? i * 0.004 : 6));
		const isOurs = ({ path, body }: SimulatorRequest) =>
			forty.tasks.some(({ taskId }) => (path + JSON.stringify(body)).includes(taskId));
		const always = { calls: 'every', when: isOurs } as const;
		testbed.simulator.addFault({ ...always, route: 'callback', effect: { kind: 'twice' } });
		// PiAPI's calls overtake its own records.
		testbed.simulator.addFault({ ...always, route: 'read', effect: { kind: 'lag', seconds: 2 } });
		const stopCopying = duplicateWebhooks(forty, 4);
		await forty.start(suspending);
		await forty.untilDelivered();

		const copies = await stopCopying();
		const late = await Promise.all(
			[1, 2, 3, 4, 5].flatMap(() =>
				forty.tasks.map(async (task) => await send(task, webhook(task.taskId), secretOf(task))),
			),
		);
		// A second run, which must not come, would hold one.
		await forty.untilSlotsAreFree();

		const tooEarly = forty.calls('callback').filter(({ status }) => status === 409);
		expect(tooEarly.length).toBeGreaterThan(0);
		expect(copies.length).toBeGreaterThanOrEqual(300);
		expect(late).toEqual(Array(200).fill(409));
		expectEachOnce(forty, true);
	});
});

test('when all webhooks are lost, the time limit resumes the execution, and Wait for Task returns the video', async () => {
	await unheard.untilDelivered();
	expect(unheard.calls('callback').length).toBeGreaterThan(0);
	expect(unheard.deliveries).toEqual([
		expect.objectContaining({ status: 'completed', videoUrl: expect.stringMatching(/^http/) }),
	]);
});

test('after all that, no task was paid twice and no last node has run twice', () => {
	for (const { name, prompts, tasks, deliveries } of testbed.batches) {
		expect([name, tasks.length]).toEqual([name, prompts.length]);
		expect([name, deliveries.length]).toEqual([name, prompts.length]);
	}
});
