import { UsualTimes } from '../../nodes/Luma/generation/usualTimes';
import { PiapiClient } from '../../nodes/Luma/piapi/client';
import { Simulator, VirtualClock } from '../../simulator';
import { transportTo, virtualRun } from '../../test/unit/generation/virtualRun';
import type { LatenessRow, Way } from '../results';
import { ROOMY, tasksOf, type TaskFacts } from '../service';
import { latenessRow, type Seen } from './row';

const ADDRESS = 'http://127.0.0.1';

const BODY = {
	model: 'luma',
	task_type: 'video_generation',
	input: { model: 'ray-v2', prompt: 'Scene', duration: 5, aspect_ratio: '16:9' },
} as const;

/** Sees one task of that length through to its end. */
type See = (seconds: number) => Promise<Seen>;

/** Ways that need no n8n, and so can be measured often: hours pass in milliseconds. */
export type VirtualWay = Exclude<Way, 'callback'>;

/** @param lengths of the tasks, in the order in which they are made */
export async function latenessInVirtualTime(
	way: VirtualWay,
	taskSeconds: number,
	lengths: number[],
): Promise<LatenessRow> {
	const see = await seerFor(way, lengths);
	const seen: Seen[] = [];
	for (const seconds of lengths) seen.push(await see(seconds));
	return latenessRow({ taskSeconds, way, clock: 'virtual' }, seen);
}

async function seerFor(way: VirtualWay, lengths: number[]): Promise<See> {
	if (way === 'poll') return async (seconds) => await seeByNode(seconds, new UsualTimes());
	if (way === 'plain') return async (seconds) => await seeSteadily(seconds, 3);
	if (way === 'loop') return async (seconds) => await seeSteadily(seconds, 15);

	const usualTimes = new UsualTimes();
	for (const seconds of lengths) await seeByNode(seconds, usualTimes);
	return async (seconds) => await seeByNode(seconds, usualTimes);
}

async function seeByNode(seconds: number, usualTimes: UsualTimes): Promise<Seen> {
	const service = { ...ROOMY, renderSeconds: seconds };
	const { simulator, generations } = await virtualRun({ service, usualTimes });
	const [task] = tasksOf(simulator);
	return { task, seenAt: Number(generations[0].endedAt) };
}

async function seeSteadily(seconds: number, everySeconds: number): Promise<Seen> {
	const { tasks, endedAt } = await readSteadily(1, seconds, everySeconds);
	return { task: tasks[0], seenAt: endedAt };
}

/** The plain approach: makes a task, reads it at a fixed interval until its end, then the next item. */
export async function readSteadily(
	items: number,
	taskSeconds: number,
	everySeconds: number,
): Promise<{ tasks: TaskFacts[]; endedAt: number }> {
	const clock = new VirtualClock();
	const simulator = new Simulator({ ...ROOMY, clock, renderSeconds: taskSeconds });
	const client = new PiapiClient(transportTo(simulator, clock), ADDRESS, ADDRESS);
	await clock.run(async () => {
		for (let item = 0; item < items; item++) {
			let task = await client.createTask(structuredClone(BODY));
			while (task.status !== 'completed') {
				await clock.sleep(everySeconds * 1000);
				task = await client.readTask(task.taskId);
			}
		}
	});
	return { tasks: tasksOf(simulator), endedAt: clock.now() };
}
