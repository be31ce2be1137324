import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { callsBackAt } from '../piapi/webhookConfig';
import { isOpen, type Generation } from './generation';
import { isNewTask, look, poll } from './poll';
import { storedJson } from './resumed';
import type { Run } from './run';

/** n8n looks once a minute for executions whose time is up. */
export const SHORTEST_SLEEP_MS = 2 * 60_000;

/**
 * What is to be done before an execution sleeps. A task whose webhook will not come here (an
 * earlier try's, or another workflow's) is waited for first; then every open task is looked at once
 * more, since a webhook that came while the node was at work has found nothing to resume.
 */
export async function prepareSleep(
	generations: Generation[],
	run: Run,
	resumeUrl: string,
): Promise<void> {
	const earlier = generations.filter((generation) => !isNewTask(generation));
	await lookAt(earlier, run);
	const elsewhere = earlier.filter(({ task }) => !task || !callsBackAt(task, resumeUrl));
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
	if (!endpoint.resume || clock.ended) return undefined;
	const leftMs = generations
		.filter(isOpen)
		.flatMap(({ beganAt, request: { wait } }) => (wait ? beganAt + wait.timeoutMs : []))
		.map((deadline) => Math.max(deadline - clock.now(), SHORTEST_SLEEP_MS));
	// n8n goes by the computer's own clock, which can have been set since this process began.
	return leftMs.length > 0 ? new Date(Date.now() + Math.max(...leftMs)) : undefined;
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
	// With Execute Once the node has seen a part of it only, and n8n would hand on the rest as well.
	const input = context.getExecuteData().data.main[0] ?? [];
	input.splice(items.length);
	// Only replaced, never changed: the JSON and the files still belong to the node before.
	items.forEach(({ json, binary }, index) => {
		input[index].json = storedJson(json, context.getNode());
		input[index].binary = binary;
	});
	await context.putExecutionToWait(until);
}
