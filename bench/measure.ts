import type { N8nVersion } from '../scripts/n8n/versions';
import { withProgress } from '../scripts/progress';
import { measureDownload } from './downloads/downloads';
import { openLiveN8n, type Group } from './lateness/n8n';
import { lengthsAround } from './lateness/row';
import { latenessInVirtualTime, type VirtualWay } from './lateness/virtual';
import type { Plan } from './plans';
import { withProgram, type Program } from './program';
import type { DownloadRow, LatenessRow, Measured, MemoryRow, ScaleRow } from './results';
import { memoryOf } from './scale/memory';
import { runsOf, scaleRow, type Run } from './scale/scale';
import { plainScale, scaleWithSlowAnswers } from './scale/virtual';
import { measureWeight } from './weight';
import { WAYS } from './words';
import { measureWorkers } from './workers';

const VIRTUAL_WAYS: VirtualWay[] = ['poll', 'pollAgain', 'loop', 'plain'];

/** Seconds that an answer of a service far away takes. */
const SLOW_ANSWER = 0.2;

const PLAIN_ITEMS = 10;

/** What a batch of runs takes beyond the tasks, and by how much a task has to outlast the batches. */
const SPARE_SECONDS = 15;

/** Measures all that the plan asks for, one part after the other so that none is in another's way. */
export async function measure(plan: Plan, version: N8nVersion): Promise<Measured> {
	return await withProgram('serviceApart.ts', async (apart) => {
		const weight = await shown('Weight', () => measureWeight(version, plan.weightRounds));
		const virtual = await shown('Lateness in virtual time', () => measureVirtual(plan));
		const memory = await shown('Memory of a run', () => measureMemory(plan, apart));
		const downloads = await measureDownloads(plan, apart);
		const { lateness, scale } = await measureLive(plan, apart);
		const workers = plan.workers
			? await shown('Workers, in queue mode', () => measureWorkers(version))
			: undefined;
		const all = inOrder([...lateness, ...virtual]);
		return { lateness: all, scale, memory, workers, downloads, weight };
	});
}

/** By the length of the tasks; of each length the ways in their order, as they were in n8n first. */
function inOrder(rows: LatenessRow[]): LatenessRow[] {
	const ways = Object.keys(WAYS);
	const rank = ({ taskSeconds, way }: LatenessRow) => taskSeconds * 10 + ways.indexOf(way);
	return [...rows].sort((one, other) => rank(one) - rank(other));
}

async function shown<T>(label: string, work: () => Promise<T>): Promise<T> {
	return await withProgress(label, `✓ ${label}`, work);
}

async function measureVirtual({ taskLengths, virtualTasks }: Plan): Promise<LatenessRow[]> {
	const rows: LatenessRow[] = [];
	for (const seconds of taskLengths) {
		for (const way of VIRTUAL_WAYS) {
			const lengths = lengthsAround(seconds, virtualTasks);
			rows.push(await latenessInVirtualTime(way, seconds, lengths));
		}
	}
	return rows;
}

async function measureMemory({ memory }: Plan, apart: Program): Promise<MemoryRow[]> {
	const { items, renderSeconds, rounds } = memory;
	const rows: MemoryRow[] = [];
	for (const count of items) rows.push(await memoryOf(count, renderSeconds, rounds, apart));
	return rows;
}

async function measureDownloads({ downloads }: Plan, apart: Program): Promise<DownloadRow[]> {
	const rows: DownloadRow[] = [];
	for (const { megabytes, mode, effort } of downloads) {
		const work = () => measureDownload(megabytes, mode, effort, apart);
		rows.push(await shown(`Downloads of ${megabytes} MB, ${mode} mode`, work));
	}
	return rows;
}

/** A task that renders needs next to nothing: those that end after the runs of many items begin before. */
async function measureLive(
	plan: Plan,
	apart: Program,
): Promise<{ lateness: LatenessRow[]; scale: ScaleRow[] }> {
	if (plan.liveTasks === 0) return { lateness: [], scale: await measureScale(plan, apart) };

	const n8n = await shown('Starting n8n', openLiveN8n);
	try {
		const groups: Group[] = [];
		const waiting = [...plan.taskLengths].sort((one, other) => other - one);
		const beginLongerThan = async (seconds: number) => {
			while (waiting.length > 0 && waiting[0] - SPARE_SECONDS > seconds) {
				groups.push(await n8n.begin(waiting.shift()!, plan.liveTasks));
			}
		};
		const scale = await measureScale(plan, apart, beginLongerThan);
		const lateness = await shown('Lateness in n8n', async () => {
			await beginLongerThan(-Infinity);
			return (await Promise.all(groups.map(async (group) => await group.rows()))).flat();
		});
		return { lateness, scale };
	} finally {
		await n8n.close();
	}
}

/** @param beforeBatch is told how many seconds the batches still take */
async function measureScale(
	plan: Plan,
	apart: Program,
	beforeBatch: (secondsLeft: number) => Promise<void> = async () => {},
): Promise<ScaleRow[]> {
	const { batches, farItems, renderSeconds } = plan;
	const runs = new Map<number, Run[]>();
	for (const [index, sizes] of batches.entries()) {
		await beforeBatch((batches.length - index) * (renderSeconds + SPARE_SECONDS));
		const label = `Runs of ${[...new Set(sizes)].join(', ')} items`;
		const found = await shown(label, () => runsOf(sizes, renderSeconds, apart));
		sizes.forEach((items, place) => {
			runs.set(items, [...(runs.get(items) ?? []), found[place]]);
		});
	}
	const engine = { way: 'poll', clock: 'engine', answers: 0 } as const;
	const rows = [...runs].map(([items, of]) =>
		scaleRow({ ...engine, items, taskSeconds: renderSeconds }, of),
	);
	for (const items of farItems) {
		rows.push(await scaleWithSlowAnswers(items, renderSeconds, SLOW_ANSWER));
	}
	rows.push(await plainScale(PLAIN_ITEMS, renderSeconds));
	return rows;
}
