import type {
	DownloadRow,
	GoalResult,
	LatenessRow,
	Measured,
	MemoryRow,
	ScaleRow,
} from './results';
import { decimals, WAYS } from './words';

const KB = 1000;

/** One figure that has a limit. */
interface Judged {
	goal: string;
	limit: number;
	unit: string;
	value: number;
	/** A limit that is not to be fallen below; the others are not to be exceeded. */
	isFloor?: boolean;
	/** What the figures say about the reason, should it be missed. */
	why: string;
}

/** Holds what was measured against the goals; what was not measured is left out. */
export function judge(measured: Measured): GoalResult[] {
	return [
		...measured.lateness.flatMap(ofPolling),
		...measured.lateness.flatMap(ofCallbacks),
		...measured.scale.flatMap(ofScale),
		...ofMemory(measured.memory),
		...measured.downloads.flatMap(ofDownload),
	].map(told);
}

function told({ goal, limit, unit, value, isFloor = false, why }: Judged): GoalResult {
	const gap = isFloor ? limit - value : value - limit;
	const bound = isFloor ? 'at least' : 'at most';
	const by = `by ${decimals(gap)}${unit} (${decimals((gap / limit) * 100)} %)`;
	return {
		goal,
		limit: `${bound} ${limit}${unit}`,
		measured: `${decimals(value)}${unit}`,
		holds: gap <= 0,
		...(gap > 0 && { missed: `${by}: ${why}` }),
	};
}

const POLLING = { taskSeconds: 120, latenessSeconds: 2, reads: 30 };

function ofPolling(row: LatenessRow): Judged[] {
	const { way, clock, taskSeconds, lateness, reads } = row;
	if (taskSeconds !== POLLING.taskSeconds || !way.startsWith('poll')) return [];
	const what = `${WAYS[way]}, ${taskSeconds} s, ${clock === 'n8n' ? 'in n8n' : 'virtual time'}`;
	const why = `the reads are up to ${decimals(lateness.most)} s apart around that age, ${decimals(reads.median)} of them in all`;
	return [
		{
			goal: `Lateness (median): ${what}`,
			limit: POLLING.latenessSeconds,
			unit: ' s',
			value: lateness.median,
			why,
		},
		{
			goal: `Reads (median): ${what}`,
			limit: POLLING.reads,
			unit: '',
			value: reads.median,
			why,
		},
	];
}

const CALLBACK = { latenessSeconds: 0.5, reads: 2 };

function ofCallbacks({ way, taskSeconds, lateness, reads }: LatenessRow): Judged[] {
	if (way !== 'callback') return [];
	const what = `${WAYS[way]}, ${taskSeconds} s, in n8n`;
	return [
		{
			goal: `Lateness (median): ${what}`,
			limit: CALLBACK.latenessSeconds,
			unit: ' s',
			value: lateness.median,
			why: `n8n took ${decimals(lateness.least)} to ${decimals(lateness.most)} s to wake and to run the next node`,
		},
		{
			goal: `Reads (median): ${what}`,
			limit: CALLBACK.reads,
			unit: '',
			value: reads.median,
			why: `between ${reads.least} and ${reads.most}: reports that had to be repeated cost a read each`,
		},
	];
}

const SCALE: Partial<Record<number, number>> = { 50: 1.1, 1000: 1.3 };

function ofScale({ clock, items, timesTask, creating, taskSeconds }: ScaleRow): Judged[] {
	const limit = SCALE[items];
	if (clock !== 'engine' || limit === undefined) return [];
	const rest = timesTask.median - 1 - creating.median;
	return [
		{
			goal: `Wall time of ${items} items (median)`,
			limit,
			unit: ' × one task',
			value: timesTask.median,
			why: `making the tasks took ${decimals(creating.median)} × one task, and the last video was seen ${decimals(rest * taskSeconds)} s after its end`,
		},
	];
}

const MEMORY_KB = 5;

/** Bytes that each further item needs; undefined without two sizes to compare. */
export function growthPerItem(
	rows: MemoryRow[],
	part: 'output' | 'beyond' | 'kept',
): number | undefined {
	const [first, last] = [rows[0], rows[rows.length - 1]];
	if (rows.length < 2) return undefined;
	return (last[part].median - first[part].median) / (last.items - first.items);
}

function ofMemory(rows: MemoryRow[]): Judged[] {
	const kept = growthPerItem(rows, 'kept');
	const beyond = growthPerItem(rows, 'beyond');
	if (kept === undefined || beyond === undefined) return [];
	const limit = { limit: MEMORY_KB, unit: ' kB' };
	return [
		{
			...limit,
			goal: 'Memory that an item leaves behind',
			value: kept / KB,
			why: 'something holds on to the items after the run',
		},
		{
			...limit,
			goal: 'Memory of an item at the peak, beyond the output',
			value: beyond / KB,
			why: 'until the last video is there, each item holds its request and its task as PiAPI wrote it',
		},
	];
}

const DOWNLOAD = { timesPlain: 0.8, megabytes: 60 };

function ofDownload({ megabytes, mode, timesPlain, memory }: DownloadRow): Judged[] {
	if (mode !== 'filesystem') return [];
	const what = `${megabytes} MB, filesystem mode`;
	return [
		{
			goal: `Throughput (median): ${what}`,
			limit: DOWNLOAD.timesPlain,
			unit: ' × plain',
			value: timesPlain.median,
			isFloor: true,
			why: `the ${timesPlain.count} pairs lie between ${decimals(timesPlain.least)} and ${decimals(timesPlain.most)}`,
		},
		{
			goal: `Memory (most): ${what}`,
			limit: DOWNLOAD.megabytes,
			unit: ' MB',
			value: memory.most,
			why: `the ${memory.count} processes lie between ${decimals(memory.least)} and ${decimals(memory.most)} MB`,
		},
	];
}
