/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';

import { chosenVersion, n8nReleases } from '../../scripts/n8n/versions';
import type { QueueResults, Row } from '../../scripts/queue/results';
import type { SimulatorRequest } from '../../simulator';
import { until } from '../../support/eventually';
import { copyCalls, insidersCalls, reportOf, send, strangersCalls } from './reports';
import type { Scene } from './scene';
import {
	openQueueStage,
	HELD_SECONDS,
	SLOTS,
	WORKERS,
	type ActiveWorkflow,
	type QueueStage,
} from './stage';
import { patientWorkflow, videoWorkflow, wayBackWorkflow } from './workflows';

const rows: Row[] = [];

let stage: QueueStage;
let suspended: ActiveWorkflow;
let polling: ActiveWorkflow;
/** Started first, as its deadline takes minutes: PiAPI's calls for it are all lost. */
let unheard: Scene;

beforeAll(async () => {
	stage = await openQueueStage();
	const { activate, credential, tallyUrl } = stage;
	suspended = await activate(videoWorkflow(credential, tallyUrl, 'callback'));
	polling = await activate(videoWorkflow(credential, tallyUrl, 'poll'));

	// What is measured is n8n at work, not the first executions of a process that has just started.
	const first = stage.scene('first', 80, () => 1);
	await first.start(suspended.start);
	await first.untilArrived();

	unheard = stage.scene('unheard', 1);
	stage.simulator.addFault({
		route: 'callback',
		calls: 'every',
		when: ({ body }) => JSON.stringify(body).includes(unheard.orders[0]),
		effect: { kind: 'reset' },
	});
	const patient = await activate(patientWorkflow(credential, tallyUrl));
	await unheard.start(patient.start);
	await unheard.untilSlotsAreFree();
});

afterAll(async () => {
	const { QUEUE_RESULTS: file } = process.env;
	const { release } = n8nReleases[chosenVersion()];
	const results: QueueResults = { n8n: release, workers: WORKERS, slotsPerWorker: SLOTS, rows };
	if (file) writeFileSync(file, `${JSON.stringify(results, null, '\t')}\n`);
	await stage?.close();
});

/** Every order paid once, and its last node run once. */
function expectEachOnce(row: Row): void {
	expect(row).toMatchObject({ created: row.executions, lost: 0, runTwice: 0 });
}

/** The execution of the calls that are lost may go on meanwhile. */
function expectSlotsTaken({ startedAt }: Scene, count: number): void {
	expect([count, count + 1]).toContain(stage.slots.takenSince(startedAt));
}

/** For videos that end when the test says so. */
function withoutTimes(row: Row): Row {
	return { ...row, timesOneTask: null, slotSeconds: null };
}

async function answers(url: string): Promise<boolean> {
	return await fetch(`${url}/healthz`).then(
		() => true,
		() => false,
	);
}

async function newest({ workflowId }: ActiveWorkflow, count: number) {
	const executions = await stage.client.executions(workflowId);
	return executions.sort((a, b) => Number(b.id) - Number(a.id)).slice(0, count);
}

describe('fifty executions of one video each on two workers with five slots', () => {
	async function fifty(name: string, { start }: ActiveWorkflow): Promise<Scene> {
		const scene = stage.scene(name, 50);
		await scene.start(start);
		await scene.untilArrived();
		await scene.untilSlotsAreFree();
		rows.push(scene.row());
		return scene;
	}

	test('suspended, they all wait at the same time, and hold a slot only to order and to go on', async () => {
		const scene = await fifty('suspended', suspended);

		expectEachOnce(scene.row());
		expect(new Set(scene.arrivals.map(({ status }) => status))).toEqual(new Set(['completed']));
		// However slow the machine is: more videos are under way than executions have slots.
		expect(scene.mostAtOnce).toBeGreaterThan(WORKERS * SLOTS);
		// One time to order, and one to go on.
		expectSlotsTaken(scene, 2 * scene.orders.length);
	});

	test('polling, they wait for each other, as each holds its slot until its video is there', async () => {
		const scene = await fifty('polling', polling);

		expectEachOnce(scene.row());
		expect(scene.mostAtOnce).toBeLessThanOrEqual(WORKERS * SLOTS);
		expectSlotsTaken(scene, scene.orders.length);
	});
});

describe('n8n is killed (kill -9)', () => {
	test('a worker: sleeping executions do not notice, and all videos arrive', async () => {
		const asleep = stage.scene('worker killed', 20, (i) => (i < 10 ? 6 : HELD_SECONDS));
		// More than one worker can take, so both are at work.
		const awake = stage.scene('awake meanwhile', SLOTS + 1, () => HELD_SECONDS);
		await awake.start(polling.start);
		await asleep.start(suspended.start);
		await asleep.untilArrived(10);
		const onlyTheAwake = () => stage.slots.heldSince(awake.startedAt) === awake.orders.length;
		await until('the other half sleeps', onlyTheAwake);
		const [killed] = stage.cluster.workers;
		await killed.stop();
		const lost = (await newest(polling, awake.orders.length)).filter(({ id }) =>
			killed.log().includes(`Worker started execution ${id} `),
		);
		expect(lost.length).toBeGreaterThan(0);

		stage.endVideos();
		await asleep.untilArrived();
		const row = asleep.row();
		rows.push(withoutTimes(row));
		expectEachOnce(row);

		await awake.untilArrived(awake.orders.length - lost.length);
		const { missing, tasks } = awake;
		expect(missing.length).toBe(lost.length);
		await stage.cluster.addWorker();
		const wayBack = await stage.activate(wayBackWorkflow(stage.credential, stage.tallyUrl));
		for (const { taskId, input } of tasks) {
			if (missing.includes(String(input.prompt)))
				await wayBack.start({ prompt: input.prompt, taskId });
		}
		await awake.untilArrived();
		expectEachOnce(awake.row());
	});

	test('the main process: PiAPI calls again, and each execution wakes once', async () => {
		const twenty = stage.scene('main restarted', 20, (i) => (i < 4 ? 5 : HELD_SECONDS));
		await twenty.start(suspended.start);
		await twenty.untilArrived(4);
		const unanswered = () => twenty.calls('callback').filter(({ status }) => status === 'reset');
		const { main } = stage.cluster;
		const restarted = main.crashAndRestart();
		await until('the main process is down', async () => !(await answers(main.url)));
		stage.endVideos();
		await until('PiAPI has called in vain', () => unanswered().length > 0);
		await restarted;
		// The deadline brings back what PiAPI gives up.
		await twenty.untilArrived();

		const row = twenty.row();
		rows.push(withoutTimes(row));
		expectEachOnce(row);
	});
});

describe('calls that PiAPI did not make, or made too often', () => {
	test('a hundred forged calls wake nobody', async () => {
		const twenty = stage.scene('forged calls', 20, () => HELD_SECONDS);
		await twenty.start(suspended.start);
		await twenty.untilSlotsAreFree();
		const statuses = async () => (await newest(suspended, 20)).map(({ status }) => status);
		const allAsleep = Array<string>(20).fill('waiting');
		expect(await statuses()).toEqual(allAsleep);

		const answers = await Promise.all(twenty.tasks.flatMap(strangersCalls).map(send));
		await Promise.all(twenty.tasks.flatMap(insidersCalls).map(send));

		expect(answers).toEqual(Array(60).fill(401));
		expect(await statuses()).toEqual(allAsleep);
		expect(twenty.arrivals).toEqual([]);
		stage.endVideos();
		await twenty.untilArrived();
		const row = twenty.row();
		rows.push(withoutTimes(row));
		expectEachOnce(row);
		expect(JSON.stringify(twenty.arrivals)).not.toContain('forged.mp4');
	});

	test('early, doubled and late calls by the hundred: the next node runs once', async () => {
		// The videos of the first half are made in the moment in which n8n puts the execution to sleep.
		const forty = stage.scene('doubled calls', 40, (i) => (i < 20 ? i * 0.004 : 6));
		const isOurs = ({ path, body }: SimulatorRequest) =>
			forty.tasks.some(({ taskId }) => (path + JSON.stringify(body)).includes(taskId));
		const always = { calls: 'every', when: isOurs } as const;
		stage.simulator.addFault({ ...always, route: 'callback', effect: { kind: 'twice' } });
		// PiAPI's calls overtake its own records.
		stage.simulator.addFault({ ...always, route: 'read', effect: { kind: 'lag', seconds: 2 } });
		const stopCopying = copyCalls(forty, 4);
		await forty.start(suspended.start);
		await forty.untilArrived();

		const copies = await stopCopying();
		const late = await Promise.all(
			forty.tasks.flatMap((task) => Array.from({ length: 5 }, () => send(reportOf(task)))),
		);
		// A second run, which must not come, would hold one.
		await forty.untilSlotsAreFree();

		const tooEarly = forty.calls('callback').filter(({ status }) => status === 409);
		expect(tooEarly.length).toBeGreaterThan(0);
		expect(copies.length).toBeGreaterThanOrEqual(300);
		expect(late).toEqual(Array(200).fill(409));
		const row = forty.row();
		rows.push(row);
		expectEachOnce(row);
	});
});

test('calls that are all lost: the deadline wakes the execution, and Wait for Task brings the video', async () => {
	await unheard.untilArrived();
	expect(unheard.calls('callback').length).toBeGreaterThan(0);
	expect(unheard.arrivals).toEqual([
		expect.objectContaining({ status: 'completed', videoUrl: expect.stringMatching(/^http/) }),
	]);
});

test('after all that, no order was paid twice and no last node has run twice', () => {
	for (const { name, orders, tasks, arrivals } of stage.scenes) {
		expect([name, tasks.length]).toEqual([name, orders.length]);
		expect([name, arrivals.length]).toEqual([name, orders.length]);
	}
});
