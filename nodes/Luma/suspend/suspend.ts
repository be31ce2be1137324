import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { Hint } from '../jobs/hints';
import { inputIndexOf } from '../jobs/items';
import type { Job } from '../jobs/job';
import { findLostTasks } from '../jobs/lostTasks';
import type { WaitForTasks } from '../jobs/run';
import { readOnce, waitForTasks } from '../jobs/wait';
import { callsBackAt } from '../piapi/webhookTag';
import { storedJson, waitingItem } from './items';

/** n8n looks once a minute for executions whose time is up. */
export const MIN_SUSPEND_MS = 2 * 60_000;

const READ_TIMEOUT_MS = 20_000;

/**
 * What is to be done before an execution is suspended. A task whose webhook will not come here (an
 * earlier try's, or another workflow's) is waited for first; then every open task is read once more,
 * since a webhook that came while the node was at work has found nothing to resume.
 */
export function waitBeforeSuspending(resumeUrl: string): WaitForTasks {
	return async (jobs, run) => {
		await findLostTasks(jobs, run);
		const earlier = jobs.filter((job) => job.in('running')?.origin !== 'created');
		await readOnce(earlier, run, READ_TIMEOUT_MS);
		await waitForTasks(
			earlier.filter((job) => !isReportedTo(resumeUrl, job)),
			run,
		);
		await readOnce(jobs, run, READ_TIMEOUT_MS);
	};
}

function isReportedTo(resumeUrl: string, job: Job): boolean {
	const task = job.in('running')?.task;
	return task !== undefined && callsBackAt(task, resumeUrl);
}

/**
 * @param now milliseconds on the clock that the jobs go by
 * @returns until when to wait for webhooks; undefined when there is nothing to wait for
 */
export function suspendUntil(jobs: Job[], now: number): Date | undefined {
	const remainingMs = jobs.flatMap(({ request: { wait }, state }) =>
		state.status === 'running' && wait
			? Math.max(state.startedAt + wait.timeoutMs - now, MIN_SUSPEND_MS)
			: [],
	);
	if (remainingMs.length === 0) return undefined;
	// n8n uses the computer's clock, which can have been set since this process started.
	return new Date(Date.now() + remainingMs.reduce((one, other) => Math.max(one, other)));
}

/**
 * Suspends the execution. If no webhook resumes it in time, n8n hands on the input of the node, so the
 * items take its place: each says which task it is, and that the time is up.
 *
 * @returns what the workflow's caller gets meanwhile: of a run that gives out nothing, a Webhook, an agent's
 * tool and the like say that it has failed, and their callers pay again. The next nodes get none of it.
 */
export async function suspend(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
	until: Date,
): Promise<INodeExecutionData[]> {
	// The list is n8n's own for this run, its items still belong to the node before. With Execute Once the
	// node has seen a part of them only, and n8n would hand on the rest as well.
	const input = context.getExecuteData().data.main[0] ?? [];
	input.splice(items.length);
	firstOfEachItemFirst(items).forEach(({ json, binary, pairedItem }, index) => {
		const stored = storedJson(json, context.getNode());
		input[index] = { json: stored, ...(binary && { binary }), pairedItem };
	});
	await context.putExecutionToWait(until);
	return input.map(waitingItem);
}

/** What a person should know about a run that was suspended. */
export function suspendHints(context: IExecuteFunctions): Hint[] {
	const callers = context.getParentNodes(context.getNode().name);
	if (!callers.some(({ type }) => type.endsWith('.executeWorkflowTrigger'))) return [];
	return [
		{
			text: "Another workflow calls this one. If its Execute Sub-workflow node is set to “Run once for each item”, n8n goes on with one of the items only when this execution was suspended: set its 'Mode' to “Run once with all items”, or put it into a loop.",
		},
	];
}

/**
 * n8n pairs what a resumed node gives out with its input by position alone (read in n8n-core, 1.123 to
 * 2.41). So the first output of each input item takes that item's place, and the others, which n8n cannot
 * pair, come after them.
 */
function firstOfEachItemFirst(items: INodeExecutionData[]): INodeExecutionData[] {
	const seen = new Set<number>();
	const [first, others]: [INodeExecutionData[], INodeExecutionData[]] = [[], []];
	for (const item of items) {
		const index = inputIndexOf(item);
		(seen.has(index) ? others : first).push(item);
		seen.add(index);
	}
	return [...first, ...others];
}
