/** The node and what people do without it, on the same simulator and in virtual time. */
import { Simulator, VirtualClock, type SimulatorOptions } from '../simulator';
import { bodyOf } from '../support/virtualTime/simulatedAccount';
import { virtualRun } from '../support/virtualTime/virtualRun';
import { outcomeOf, promptOf, UNLIMITED, type Outcome } from './outcome';

/** How a run makes its videos. */
export type Approach = (items: number, service: SimulatorOptions) => Promise<Outcome>;

/** By the names that the page explains. */
export const APPROACHES: Record<string, Approach> = {
	'Wait Here': waitHere,
	'Read every 3 s': async (items, service) =>
		await poll(items, service, { everyMs: 3_000, giveUpMs: 60_000, atOnce: 1 }),
	'Loop with Wait 15 s': async (items, service) =>
		await poll(items, service, { everyMs: 15_000, giveUpMs: Infinity, atOnce: items }),
};

/** The node's pipeline, in a process that has made no videos before. */
async function waitHere(items: number, service: SimulatorOptions): Promise<Outcome> {
	const { simulator, clock, jobs } = await virtualRun({
		service: { ...UNLIMITED, ...service },
		requests: Array.from({ length: items }, () => ({})),
	});
	const deliveredAt = jobs.map((job) => job.in('succeeded')?.endedAt);
	return outcomeOf(simulator, deliveredAt, clock.now());
}

/** How often tasks are read and until which age, and how many items are made before the first is read. */
type Habit = Record<'everyMs' | 'giveUpMs' | 'atOnce', number>;

async function poll(items: number, options: SimulatorOptions, habit: Habit): Promise<Outcome> {
	const clock = new VirtualClock();
	const simulator = new Simulator({ ...UNLIMITED, ...options, clock });
	const headers = { 'x-api-key': 'simulated-key' };
	const request = async (method: string, path: string, body?: object) => {
		const answer = await simulator.handle({ method, path, headers, body });
		return (answer.body as { data: { task_id: string; status: string } }).data;
	};
	const deliveredAt = Array<number | undefined>(items).fill(undefined);
	const makeVideos = async (taken: number[]) => {
		const create = async (item: number) =>
			await request('POST', '/api/v1/task', bodyOf(promptOf(item)));
		const ids = await Promise.all(taken.map(async (item) => (await create(item)).task_id));
		const giveUpAt = clock.now() + habit.giveUpMs;
		let open = taken.map((item, index) => ({ item, id: ids[index] }));
		while (open.length > 0 && clock.now() < giveUpAt) {
			await clock.sleep(habit.everyMs);
			const reads = open.map(async ({ id }) => await request('GET', `/api/v1/task/${id}`));
			const tasks = await Promise.all(reads);
			const isCompleted = (index: number) => tasks[index].status === 'completed';
			open.forEach(({ item }, i) => isCompleted(i) && (deliveredAt[item] = clock.now()));
			open = open.filter((_, index) => !isCompleted(index));
		}
	};
	await clock.run(async () => {
		const all = [...deliveredAt.keys()];
		while (all.length > 0) await makeVideos(all.splice(0, habit.atOnce));
	});
	return outcomeOf(simulator, deliveredAt, clock.now());
}
