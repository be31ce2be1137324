import { withProgram, type Program } from '../program';
import type { MemoryRow } from '../results';
import { openService } from '../service';
import { spreadOf } from '../spread';
import type { Memory, Question } from './engine';

/**
 * What runs of that many items need, each in a process that has made such a run before.
 *
 * @param rounds how many processes measure it, all at the same time: memory minds no busy machine
 * @param apart a program of `serviceApart.ts`
 */
export async function memoryOf(
	items: number,
	renderSeconds: number,
	rounds: number,
	apart: Program,
): Promise<MemoryRow> {
	const work = async () => await memoryOfOne(items, renderSeconds, apart);
	const found = await Promise.all(Array.from({ length: rounds }, work));
	const spread = (part: keyof Memory) => spreadOf(found.map((memory) => memory[part]));
	return { items, output: spread('output'), beyond: spread('beyond'), kept: spread('kept') };
}

async function memoryOfOne(items: number, renderSeconds: number, apart: Program): Promise<Memory> {
	return await withProgram('scale/engine.ts', async (program) => {
		const run = async (seconds: number) => {
			const url = await openService(apart, { renderSeconds: seconds });
			return await program.ask<Memory>({ measure: 'memory', url, items } satisfies Question);
		};
		await run(1);
		return await run(renderSeconds);
	});
}
