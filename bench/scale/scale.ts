import { max } from 'simple-statistics';

import { startProgram, type Program } from '../program';
import type { ScaleRow } from '../results';
import { askTasks, openService, type TaskFacts } from '../service';
import { spreadOf } from '../spread';
import type { Question } from './engine';

const ENGINE = 'scale/engine.ts';

const SECOND_MS = 1000;

/** One run of several items: the tasks it made, and when its output was there. */
export interface Run {
	tasks: TaskFacts[];
	endedAt: number;
}

/**
 * Runs of these sizes in n8n's engine, all at the same time: give sizes that leave a core idle.
 *
 * @param apart a program of `serviceApart.ts`
 */
export async function runsOf(sizes: number[], renderSeconds: number, apart: Program) {
	const programs = sizes.map(() => startProgram(ENGINE));
	try {
		// Loading the engine is no part of a run, and it keeps a core busy.
		const warmUp = await openService(apart, { renderSeconds: 0.1 });
		const time = async (program: Program, url: string, items: number) =>
			await program.ask<number>({ measure: 'time', url, items } satisfies Question);
		await Promise.all(programs.map(async (program) => await time(program, warmUp, 1)));

		return await Promise.all(
			sizes.map(async (items, index): Promise<Run> => {
				const url = await openService(apart, { renderSeconds });
				const endedAt = await time(programs[index], url, items);
				return { tasks: await askTasks(apart, url), endedAt };
			}),
		);
	} finally {
		programs.forEach((program) => program.stop());
	}
}

export function scaleRow(
	facts: Pick<ScaleRow, 'items' | 'way' | 'clock' | 'answers' | 'taskSeconds'>,
	runs: Run[],
): ScaleRow {
	const inTasks = (ms: number) => ms / SECOND_MS / facts.taskSeconds;
	const firstOf = ({ tasks }: Run) => tasks[0].createdAt;
	return {
		...facts,
		timesTask: spreadOf(runs.map((run) => inTasks(run.endedAt - firstOf(run)))),
		creating: spreadOf(
			runs.map((run) => inTasks(run.tasks[run.tasks.length - 1].createdAt - firstOf(run))),
		),
		readsPerTask: spreadOf(
			runs.map(({ tasks }) => tasks.flatMap(({ reads }) => reads).length / tasks.length),
		),
		mostReadsPerSecond: max(runs.map(({ tasks }) => mostInOneSecond(tasks))),
	};
}

/** How crowded the reads came at worst. */
export function mostInOneSecond(tasks: TaskFacts[]): number {
	const times = tasks.flatMap(({ reads }) => reads).sort((one, other) => one - other);
	let first = 0;
	let most = 0;
	for (const [last, at] of times.entries()) {
		while (times[first] <= at - SECOND_MS) first++;
		most = Math.max(most, last - first + 1);
	}
	return most;
}
