import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { reportsTo } from '../callback/endpoint';
import { isOpen, type Generation } from './generation';
import { isNewTask, look, poll } from './poll';
import { storedJson } from './resumed';
import type { Run } from './run';

/**
 * What is to be done before an execution sleeps. A task that PiAPI will not report here (an earlier
 * try's, or another workflow's) is waited for first; then every open task is looked at once more,
 * since a report that came while the node was at work has found nobody asleep.
 */
export async function prepareSleep(
	generations: Generation[],
	run: Run,
	resumeUrl: string,
): Promise<void> {
	const earlier = generations.filter((generation) => !isNewTask(generation));
	await lookAt(earlier, run);
	const elsewhere = earlier.filter(({ task }) => !task || !reportsTo(task, resumeUrl));
	await poll(elsewhere, run);
	await lookAt(generations, run);
}

async function lookAt(generations: Generation[], run: Run): Promise<void> {
	await Promise.all(
		generations.filter(isOpen).map(async (generation) => {
			const { wait } = generation.request;
			if (!wait) return;
			const deadline = generation.beganAt + wait.timeoutMs;
			await run.gate.pass(async () => await look(generation, deadline, run));
			if (generation.trouble && run.failFast) run.clock.end();
		}),
	);
}

/** @returns until when to sleep for reports; undefined when there is nothing to sleep for */
export function sleepUntil(generations: Generation[], { clock, endpoint }: Run): Date | undefined {
	if (endpoint?.resumeUrl === undefined || clock.ended) return undefined;
	const waits = generations
		.filter(isOpen)
		.flatMap(({ request }) => (request.wait ? request.wait.timeoutMs : []));
	return waits.length > 0 ? new Date(clock.now() + Math.max(...waits)) : undefined;
}

/**
 * Puts the execution to sleep. If no report wakes it in time, n8n hands on the input of the node, so
 * the items take its place: each says which task it is, and that the time is up.
 */
export async function fallAsleep(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
	until: Date,
): Promise<void> {
	const input = context.getInputData();
	// Only replaced, never changed: the JSON and the files still belong to the node before.
	items.forEach(({ json }, index) => {
		input[index].json = storedJson(json, context.getNode());
		input[index].binary = undefined;
	});
	await context.putExecutionToWait(until);
}
