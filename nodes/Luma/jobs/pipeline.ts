import type { IExecuteFunctions } from 'n8n-workflow';

import { endOfRun } from '../messages/endOfRun';
import { connect } from '../piapi/connect';
import { mediaStore } from '../piapi/media';
import { nodeErrorOf } from '../piapi/nodeError';
import { RunClock, systemClock } from '../runtime/clock';
import { RateLimiter } from '../runtime/rateLimiter';
import { Job } from './job';
import { ledgerOf, type Ledger } from './ledger';
import { leftBehind } from './leftBehind';
import { accountLimitOf } from './limits/accountLimit';
import { limitsOfRun, type LimitReads, type LimitSettings } from './limits/limitsOfRun';
import { progressOf } from './progress';
import type { JobRequest } from './request';
import { send, type Run } from './run';
import { cleanUp } from './stages/cleanup';
import { download } from './stages/download';
import { poll } from './stages/poll';
import { reconcile } from './stages/reconcile';
import { restore } from './stages/restore';
import { submit } from './stages/submit';
import { upload } from './stages/upload';
import { isUncharged } from './taskOutcome';

/** Settings of all items of a run. */
export interface RunSettings {
	/** How many requests to PiAPI may be under way at once. */
	maxConcurrency: number;
	/** US dollars that an execution may spend; 0 = no limit. */
	maxSpendUsd: number;
	/** US dollars of the balance that nothing may be spent of; 0 = none. */
	keepBalanceUsd: number;
	/** Whether tasks that have not started are cancelled when the execution is stopped. */
	cancelOnStop: boolean;
	withWebhook: Run['withWebhook'];
	awaitTasks: AwaitTasks;
}

/** From created to ended tasks; jobs that are still running afterwards are waited for elsewhere. */
export type AwaitTasks = (jobs: Job[], run: Run) => Promise<void>;

/**
 * The one pipeline: requests → restore → upload → create → reconcile → wait → download → jobs that ended.
 *
 * @returns one job per request, in their order
 * @throws NodeApiError for the first failed item, unless On Error is set to continue
 */
export async function runPipeline(
	context: IExecuteFunctions,
	requests: JobRequest[],
	settings: RunSettings,
): Promise<Job[]> {
	const creates = requests.some(({ source }) => source.type === 'create');
	const daily = creates ? await accountLimitOf(context) : undefined;
	const ledger = ledgerOf(context, daily?.spending);
	let delivered = false;
	try {
		const jobs = await runStages(ledger, context, requests, { ...settings, daily });
		delivered = true;
		return jobs;
	} finally {
		ledger.close({ delivered });
	}
}

async function runStages(
	ledger: Ledger,
	context: IExecuteFunctions,
	requests: JobRequest[],
	settings: RunSettings & LimitSettings,
): Promise<Job[]> {
	const clock = new RunClock(systemClock, context.getExecutionCancelSignal?.());
	const client = await connect(context);
	const limiter = new RateLimiter(settings.maxConcurrency, clock);
	const inTurn: LimitReads['send'] = async (request) => await send({ clock, limiter }, request);
	const run: Run = {
		client,
		clock,
		limiter,
		failFast: !context.continueOnFail(),
		ledger,
		limits: limitsOfRun(settings, ledger, { client, clock, send: inTurn }),
		withWebhook: settings.withWebhook,
		progress: progressOf(context),
		pendingCreates: [],
	};
	const jobs = requests.map((request) => new Job(request));

	await makeVideos(jobs, run, settings.awaitTasks);
	await download(jobs, run, mediaStore(context, clock.abortSignal));
	await cleanUp(jobs, run, {
		cancelOnStop: settings.cancelOnStop,
		log: (line) => context.logger.info(line),
	});
	if (run.failFast) throwFirst(context, jobs);
	return jobs;
}

/** From requests to videos at PiAPI: the stages that are independent of n8n. */
export async function makeVideos(
	jobs: Job[],
	run: Run,
	awaitTasks: AwaitTasks = reconcileAndPoll,
): Promise<void> {
	await restore(jobs, run);
	await upload(jobs, run);
	await submit(jobs, run);
	await awaitTasks(jobs, run);
	bookPrices(jobs, run);
}

/** The search for the tasks of lost answers holds up no other item. */
export async function reconcileAndPoll(jobs: Job[], run: Run): Promise<void> {
	await Promise.all([reconcile(jobs, run), poll(jobs, run)]);
}

/** The price at the end counts. A task that ended without a video costs nothing, and a retry may create a new one. */
function bookPrices(jobs: Job[], { ledger }: Run): void {
	for (const { request, state } of jobs) {
		if (request.source.type === 'existing' || !('task' in state) || !state.task) continue;
		const { task } = state;
		if (isUncharged(task)) ledger.void(request);
		else if (state.status === 'succeeded') ledger.addTask(request, task.taskId, task.costUsd);
	}
}

function throwFirst(context: IExecuteFunctions, jobs: Job[]): void {
	for (const job of jobs) {
		if (job.state.status !== 'failed') continue;
		const { itemIndex, take } = job.request;
		const place = { itemIndex, itemCount: context.getInputData().length, take };
		const left = leftBehind(job, jobs);
		throw nodeErrorOf(context.getNode(), job.state.error, place, left && endOfRun(left));
	}
}
