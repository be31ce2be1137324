import { serve, Simulator } from '../simulator';
import type { BinaryMode, Found, ItemRequest } from './downloadRun';
import { askIsolated } from './isolated';
import { UNLIMITED } from './outcome';
import type { Plan } from './plans';
import { decimals, type Goal, goal, ratiosOf, type Row, type Section, spreadOf } from './section';

const MB = 1024 * 1024;
const SECOND_MS = 1000;
const WARM_UP_MB = 5;

/** Downloads beside a plain fetch to disk. */
export async function measureDownloads(plan: Plan['downloads']): Promise<Section> {
	const rows: Row[] = [];
	const goals: Goal[] = [];
	for (const [megabytes, mode] of plan.sizes) {
		const found: Found[] = [];
		for (let process = 0; process < plan.processes; process++) {
			found.push(await measure(megabytes, mode, plan.pairs));
		}
		const figures = downloadFigures(megabytes, found);
		const name = mode === 'default' ? 'memory (default)' : mode;
		rows.push({ Size: `${megabytes} MB`, 'Binary mode': name, ...figures });
		if (mode === 'filesystem') goals.push(...goalsOf(`${megabytes} MB, ${mode} mode`, figures));
	}
	return {
		title: 'Downloads',
		note: 'Beside a plain fetch to disk in the same process. Memory is resident memory beyond that before the download.',
		rows,
		goals,
	};
}

async function measure(megabytes: number, mode: BinaryMode, pairs: number): Promise<Found> {
	const open = async (size: number) =>
		await serve(new Simulator({ ...UNLIMITED, renderSeconds: 0, mediaBytes: size * MB }));
	const [warmUp, service] = [await open(WARM_UP_MB), await open(megabytes)];
	try {
		const question: ItemRequest = { warmUpUrl: warmUp.url, url: service.url, mode, pairs };
		return await askIsolated<Found>('downloadRun.ts', question);
	} finally {
		await Promise.all([warmUp.close(), service.close()]);
	}
}

export function downloadFigures(megabytes: number, found: Found[]) {
	const pairs = found.flatMap((process) => process.pairs);
	const [speeds, plain] = (['node', 'fetch'] as const).map((client) =>
		pairs.map((pair) => (megabytes / pair[client]) * SECOND_MS),
	);
	return {
		'× plain': ratiosOf(speeds, plain),
		'MB/s': spreadOf(speeds),
		'Memory, MB': spreadOf(found.map(({ memoryBytes }) => memoryBytes / MB)),
	};
}

function goalsOf(what: string, figures: ReturnType<typeof downloadFigures>): Goal[] {
	const { '× plain': speed, 'MB/s': rate, 'Memory, MB': memory } = figures;
	const slow = `the ${speed.count} pairs lie between ${decimals(speed.least)} and ${decimals(speed.most)}, at ${decimals(rate.median)} MB/s`;
	const large = `the ${memory.count} processes lie between ${decimals(memory.least)} and ${decimals(memory.most)} MB`;
	return [
		goal(`Download speed (median), ${what}`, speed.median, 'at least 0.8 × plain', slow),
		goal(`Download memory (most), ${what}`, memory.most, 'at most 60 MB', large),
	];
}
