import { withProgram, type Program } from '../program';
import type { BinaryMode, DownloadRow } from '../results';
import { openService } from '../service';
import { spreadOf, timesYardstick } from '../spread';
import type { Question, Visit, Way } from './engine';

const MB = 1024 * 1024;
const SECOND_MS = 1000;

const WARM_UP_MB = 5;

/** How many processes are visited, and how often each of them downloads in both ways. */
export interface Effort {
	processes: number;
	pairs: number;
}

/** @param apart a program of `serviceApart.ts` */
export async function measureDownload(
	megabytes: number,
	mode: BinaryMode,
	{ processes, pairs }: Effort,
	apart: Program,
): Promise<DownloadRow> {
	const visits: Visit[] = [];
	for (let index = 0; index < processes; index++) {
		const first = index % 2 === 0 ? 'node' : 'plain';
		visits.push(await visitOne(megabytes, { mode, first, pairs }, apart));
	}
	return downloadRow(megabytes, mode, visits);
}

async function visitOne(
	megabytes: number,
	question: Pick<Question, 'mode' | 'first' | 'pairs'>,
	apart: Program,
): Promise<Visit> {
	return await withProgram('downloads/engine.ts', async (program) => {
		const visit = async (size: number, pairs: number) => {
			const bytes = size * MB;
			const url = await openService(apart, { renderSeconds: 0, mediaBytes: bytes });
			return await program.ask<Visit>({ ...question, url, bytes, pairs } satisfies Question);
		};
		// The first downloads of a process load their code.
		await visit(WARM_UP_MB, 1);
		return await visit(megabytes, question.pairs);
	});
}

export function downloadRow(megabytes: number, mode: BinaryMode, visits: Visit[]): DownloadRow {
	const pairs = visits.flatMap((visit) => visit.pairs);
	const speeds = (way: Way) => pairs.map((pair) => (megabytes / pair[way]) * SECOND_MS);
	const memory = (way: Way) =>
		spreadOf(
			visits.filter(({ first }) => first === way).map(({ memoryBytes }) => memoryBytes / MB),
		);
	return {
		megabytes,
		mode,
		timesPlain: timesYardstick(speeds('node'), speeds('plain')),
		megabytesPerSecond: spreadOf(speeds('node')),
		memory: memory('node'),
		plainMemory: memory('plain'),
	};
}
