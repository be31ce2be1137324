import { NodeOperationError, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';

import { dryRun } from '../jobs/dryRun';
import { hintsAbout, showHints } from '../jobs/hints';
import { errorItem, itemOf } from '../jobs/items';
import type { Job } from '../jobs/job';
import { reconcileAndPoll, runPipeline } from '../jobs/pipeline';
import type { JobRequest } from '../jobs/request';
import {
	shownWithWebhookConfig,
	withWebhookConfig,
	type WebhookTarget,
} from '../piapi/webhookConfig';
import { systemClock } from '../runtime/clock';
import { awaitBeforeSuspending, suspend, suspendUntil } from '../webhooks/suspend';
import { timeoutPlaceholder } from '../webhooks/suspendedItems';
import { resumingWebhookTarget, webhookTarget } from '../webhooks/webhookTarget';
import { withCheckedItems, type Check } from './validatedItems';
import type { Operation } from './operation';
import { pinHint } from './pinHint';
import { runSettings } from './runSettings';
import { tagOrdersParameter } from './tagOrders';
import { fitToPictures } from './video/pictureFit';
import { waitModeParameter } from './waitMode';

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
			const { requests, rejected } = await withPictures(context, asked);
			const suspends = waitModeParameter(context, 0) === 'callback';
			const target = await targetOf(context, suspends);

			const tried = await runDry(context, requests, target);
			const jobs = await run(context, requests, target);
			until = suspends ? suspendUntil(jobs, systemClock.now()) : undefined;
			const pin = until ? undefined : pinHint(context, jobs);
			showHints(context, [...tried.hints, ...(pin ? [pin] : []), ...requests.flatMap(hintsAbout)]);
			const created = jobs.map((job) => {
				return until && job.in('running') ? timeoutPlaceholder(job) : itemOf(context, job);
			});
			return [...kept, ...rejected, ...tried.items, ...created];
		});
		if (!until) return items;
		await suspend(context, items, until);
		// n8n would take a failed item for a failed try, and run the node again on what it keeps.
		return [];
	};
}

/** Where PiAPI's webhooks go, and whether creates carry a tag. */
async function targetOf(context: IExecuteFunctions, suspends: boolean): Promise<WebhookTarget> {
	const isTagged = tagOrdersParameter(context, { suspends });
	if (suspends) return await resumingWebhookTarget(context);
	return await webhookTarget(context, { isTagged });
}

/** Separates the requests whose pictures cannot be used. */
async function withPictures(
	context: IExecuteFunctions,
	asked: JobRequest[],
): Promise<{ requests: JobRequest[]; rejected: INodeExecutionData[] }> {
	const fitted = await fitToPictures(context, asked);
	const errors = fitted.flatMap((each) => (each instanceof NodeOperationError ? each : []));
	if (errors.length > 0 && !context.continueOnFail()) throw errors[0];
	// All videos of an item have the same pictures.
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

async function run(
	context: IExecuteFunctions,
	requests: JobRequest[],
	target: WebhookTarget,
): Promise<Job[]> {
	const real = requests.filter((request) => !request.dryRun);
	if (real.length === 0) return [];
	const { resume } = target;
	return await runPipeline(context, real, {
		...runSettings(context),
		withWebhook: (body) => withWebhookConfig(body, target),
		awaitTasks: resume ? awaitBeforeSuspending(resume.url) : reconcileAndPoll,
	});
}
