import { NodeOperationError, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';

import { dryRun } from '../jobs/dryRun';
import { hintsOf, showHints } from '../jobs/hints';
import { errorItem, itemOf, leftBehind } from '../jobs/items';
import type { Job } from '../jobs/job';
import { makeVideos } from '../jobs/makeVideos';
import { progressOf } from '../jobs/progress';
import type { JobRequest } from '../jobs/request';
import { Run } from '../jobs/run';
import { ledgerOf } from '../jobs/spending/ledger';
import { dailyLimitOf } from '../jobs/spending/accountSpending';
import { SpendingLimits } from '../jobs/spending/limits';
import { waitHere } from '../jobs/wait';
import { endOfRun } from '../messages/remedies';
import { connect } from '../piapi/client';
import { credentialOf } from '../piapi/credential';
import { mediaStore } from '../piapi/media';
import { nodeErrorOf } from '../piapi/nodeError';
import { shownWithWebhookConfig, withWebhookConfig, type WebhookTarget } from '../piapi/webhookTag';
import { RunClock, systemClock } from '../runtime/clock';
import { timeoutPlaceholder } from '../suspend/items';
import { suspend, suspendHints, suspendUntil, waitBeforeSuspending } from '../suspend/suspend';
import { resumingWebhookTarget, webhookTarget } from '../suspend/webhook';
import { withCheckedItems, type Check, type Operation } from './operation';
import { Parameters } from './parameters';
import { runSettings, tagsCreates } from './runSettings';
import { fitToImages } from './video/imageFit';
import { showVideos } from './videoHint';
import { waitMode } from './waiting';

/** An item that requests nothing and is passed on as it is. */
export interface KeptItem {
	itemIndex: number;
	kept: INodeExecutionData;
}

/** An operation that creates videos or waits for them: it only says what each item requests. */
export function createJobs(toRequests: Check<Array<JobRequest | KeptItem>>): Operation['execute'] {
	return async (context) => {
		let until: Date | undefined;
		const items = await withCheckedItems(context, toRequests, async (checked) => {
			const kept = checked.flatMap((each) => ('kept' in each ? each.kept : []));
			const asked = checked.filter((each): each is JobRequest => !('kept' in each));
			const { requests, rejected } = await withImages(context, asked);
			const suspends = waitMode(new Parameters(context, 0)) === 'callback';
			const target = await targetOf(context, suspends);

			const { baseUrl } = await credentialOf(context);
			const tried = await runDry(context, requests, target);
			const jobs = await runReal(context, requests, target);
			until = suspends ? suspendUntil(jobs, systemClock.now()) : undefined;
			if (!until) showVideos(context, jobs, baseUrl);
			const ofRun = until ? suspendHints(context) : [];
			showHints(context, [...tried.hints, ...ofRun, ...jobs.flatMap(hintsOf)]);
			const created = jobs.map((job) => {
				return until && job.in('running') ? timeoutPlaceholder(job) : itemOf(context, job);
			});
			return [...kept, ...rejected, ...tried.items, ...created];
		});
		return until ? await suspend(context, items, until) : items;
	};
}

/** Where PiAPI's webhooks go, and whether creates carry a tag. */
async function targetOf(context: IExecuteFunctions, suspends: boolean): Promise<WebhookTarget> {
	const isTagged = tagsCreates(context, { suspends });
	if (suspends) return await resumingWebhookTarget(context);
	return await webhookTarget(context, { isTagged });
}

/** Separates the requests whose images cannot be used. */
async function withImages(
	context: IExecuteFunctions,
	asked: JobRequest[],
): Promise<{ requests: JobRequest[]; rejected: INodeExecutionData[] }> {
	const fitted = await fitToImages(context, asked);
	const errors = fitted.flatMap((each) => (each instanceof NodeOperationError ? each : []));
	if (errors.length > 0 && !context.continueOnFail()) throw errors[0];
	// All videos of an item have the same images.
	const errorByItem = new Map(errors.map((error) => [Number(error.context.itemIndex), error]));
	return {
		requests: fitted.flatMap((each) => (each instanceof NodeOperationError ? [] : each)),
		rejected: [...errorByItem].map(([itemIndex, error]) => errorItem(error, itemIndex)),
	};
}

async function runDry(context: IExecuteFunctions, requests: JobRequest[], target: WebhookTarget) {
	const trials = requests.filter((request) => request.dryRun);
	return await dryRun(context, trials, {
		...runSettings(context),
		withWebhook: (body) => shownWithWebhookConfig(body, target),
	});
}

/** @throws NodeApiError for the first failed item, unless On Error is set to continue */
async function runReal(
	context: IExecuteFunctions,
	requests: JobRequest[],
	target: WebhookTarget,
): Promise<Job[]> {
	const real = requests.filter((request) => !request.dryRun);
	if (real.length === 0) return [];
	const run = await runOf(context, real, target);
	const jobs = await makeVideos(real, run);
	if (run.failFast) throwFirst(context, jobs);
	return jobs;
}

/** What a run of the node is made of. */
async function runOf(
	context: IExecuteFunctions,
	requests: JobRequest[],
	target: WebhookTarget,
): Promise<Run> {
	const settings = runSettings(context);
	const creates = requests.some(({ source }) => source.type === 'create');
	const daily = creates ? await dailyLimitOf(context) : undefined;
	const clock = new RunClock(systemClock, context.getExecutionCancelSignal?.());
	const piapi = await connect(context, clock, settings.maxConcurrency);
	const ledger = ledgerOf(context, daily?.spending);
	return new Run({
		piapi,
		clock,
		failFast: !context.continueOnFail(),
		ledger,
		limits: new SpendingLimits({ ...settings, daily }, ledger, piapi),
		withWebhook: (body) => withWebhookConfig(body, target),
		waitForTasks: target.resume ? waitBeforeSuspending(target.resume.url) : waitHere,
		storeFile: mediaStore(context, { clock, limiter: piapi.limiter }),
		cancelOnStop: settings.cancelOnStop,
		progress: progressOf(context),
		log: (line) => context.logger.info(line),
	});
}

function throwFirst(context: IExecuteFunctions, jobs: Job[]): void {
	for (const job of jobs) {
		const failed = job.in('failed');
		if (!failed) continue;
		const { itemIndex, take } = job.request;
		const place = { itemIndex, itemCount: context.getInputData().length, take };
		const left = leftBehind(job, jobs);
		throw nodeErrorOf(context.getNode(), failed.error, {
			place,
			endOfRun: left && endOfRun(left),
		});
	}
}
