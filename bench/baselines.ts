/** What people do without the node, on the same simulator and in virtual time. */
import { Simulator, VirtualClock, type SimulatorOptions } from '../simulator';
import { outcomeOf, promptOf, UNLIMITED, type Approach, type Outcome } from './outcome';
import { waitHere } from './virtual';

/** The node beside its baselines, by the names that the page explains. */
export const APPROACHES: Record<string, Approach> = {
	'Wait Here': waitHere,
	'Read every 3 s': readItemByItem,
	'Loop with Wait 15 s': loopWithWait,
};

const SECOND_MS = 1000;
const READ_EVERY_MS = 3 * SECOND_MS;
const TIMEOUT_MS = 60 * SECOND_MS;
const LOOP_WAIT_MS = 15 * SECOND_MS;

interface Service {
	clock: VirtualClock;
	/** @returns the id of the new task */
	create(item: number): Promise<string>;
	isCompleted(taskId: string): Promise<boolean>;
}

/** Runs `work`, which notes down when each item's video was there. */
async function measure(
	items: number,
	options: SimulatorOptions,
	work: (service: Service, deliveredAt: Array<number | undefined>) => Promise<void>,
): Promise<Outcome> {
	const clock = new VirtualClock();
	const simulator = new Simulator({ ...UNLIMITED, ...options, clock });
	const headers = { 'x-api-key': 'simulated-key' };
	const request = async (method: string, path: string, body?: object) => {
		const answer = await simulator.handle({ method, path, headers, body });
		return (answer.body as { data: { task_id: string; status: string } }).data;
	};
	const service: Service = {
		clock,
		create: async (item) => (await request('POST', '/api/v1/task', requestOf(item))).task_id,
		isCompleted: async (taskId) =>
			(await request('GET', `/api/v1/task/${taskId}`)).status === 'completed',
	};
	const deliveredAt = Array<number | undefined>(items).fill(undefined);
	await clock.run(async () => await work(service, deliveredAt));
	return outcomeOf(simulator, deliveredAt, clock.now());
}

function requestOf(item: number): object {
	const input = { model: 'ray-v2', prompt: promptOf(item), duration: 5, aspect_ratio: '16:9' };
	return { model: 'luma', task_type: 'video_generation', input };
}

/** Makes a task, reads it every 3 s until it is completed or 60 s old, then takes the next item. */
async function readItemByItem(items: number, options: SimulatorOptions): Promise<Outcome> {
	return await measure(items, options, async ({ clock, create, isCompleted }, deliveredAt) => {
		for (const item of deliveredAt.keys()) {
			const taskId = await create(item);
			const giveUpAt = clock.now() + TIMEOUT_MS;
			while (deliveredAt[item] === undefined && clock.now() < giveUpAt) {
				await clock.sleep(READ_EVERY_MS);
				if (await isCompleted(taskId)) deliveredAt[item] = clock.now();
			}
		}
	});
}

/** n8n's own nodes: HTTP Request creates all tasks, Wait 15 s, HTTP Request reads, If goes back. */
async function loopWithWait(items: number, options: SimulatorOptions): Promise<Outcome> {
	return await measure(items, options, async ({ clock, create, isCompleted }, deliveredAt) => {
		let open = await Promise.all(
			[...deliveredAt.keys()].map(async (item) => ({ item, taskId: await create(item) })),
		);
		while (open.length > 0) {
			await clock.sleep(LOOP_WAIT_MS);
			const completed = await Promise.all(open.map(({ taskId }) => isCompleted(taskId)));
			open.forEach(({ item }, i) => completed[i] && (deliveredAt[item] = clock.now()));
			open = open.filter((_, i) => !completed[i]);
		}
	});
}
