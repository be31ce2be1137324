import type { IExecuteFunctions } from 'n8n-workflow';

import { taskOf, type Job } from '../jobs/job';
import { isAgentTool } from '../jobs/output';
import { listPriceUsd, sumUsd } from '../jobs/spending/price';
import { itemSuffix, usd, wordsForTake } from '../messages/items';
import { originOf, webAddress } from '../piapi/addresses';

const MAX_SHOWN = 10;
/** Pixels. */
const THUMBNAIL_WIDTH = 96;

/**
 * One hint beside the output of a manual run: the videos to see, what they have cost, and how not to pay for
 * them at each run. n8n's editor shows links and images in a hint, and no videos (seen on 1.123, 2.8 and 2.41).
 *
 * @param baseUrl of the credential
 */
export function showVideos(context: IExecuteFunctions, jobs: Job[], baseUrl: string): void {
	if (context.getMode() !== 'manual' || isAgentTool(context.getNode())) return;
	const itemCount = context.getInputData().length;
	const videos = jobs.flatMap((job) => linkOf(job, itemCount, baseUrl) ?? []);
	const more = videos.length > MAX_SHOWN ? [`and ${videos.length - MAX_SHOWN} more`] : [];
	const message = [adviceAbout(jobs), [...videos.slice(0, MAX_SHOWN), ...more].join(' &nbsp; ')]
		.filter(Boolean)
		.join('<br>');
	if (message) context.addExecutionHints({ message, location: 'outputPane' });
}

function linkOf(job: Job, itemCount: number, baseUrl: string): string | undefined {
	const { itemIndex, take } = job.request;
	const task = job.in('succeeded')?.task;
	const video = shownAddress(task?.videoUrl, baseUrl);
	if (video === undefined) return undefined;
	const thumbnail = shownAddress(task?.thumbnailUrl, baseUrl);
	const words = `Watch ${wordsForTake(take) ?? 'video'}${itemSuffix([itemIndex], itemCount)}`;
	const image = thumbnail && `<img src="${thumbnail}" width="${THUMBNAIL_WIDTH}" alt=""> `;
	return `<a href="${video}" target="_blank">${image ?? ''}${words}</a>`;
}

/** An address that may stand in the editor's page: https, or where the credential leads to. */
function shownAddress(address: string | null | undefined, baseUrl: string): string | undefined {
	const url = webAddress(address);
	if (!url || (url.protocol !== 'https:' && url.origin !== originOf(baseUrl))) return undefined;
	return url.href.replace(/[&<>"'`]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/**
 * Whoever builds the rest of the workflow would pay again with each run. n8n pins no output with files, and no
 * output of an agent's tool.
 */
function adviceAbout(jobs: Job[]): string {
	const paid = jobs.filter(isPaid);
	if (paid.length === 0) return '';
	const cost = usd(sumUsd(paid.map(costUsdOf)));
	const advice = paid.some((job) => job.in('succeeded')?.binary)
		? "Before you build on: n8n cannot pin files, so remove 'Binary Output', pin this output (pin icon above it), and get the files with Video → Download behind this node."
		: 'Before you build on, pin this output (pin icon above it): n8n then uses it without running the node.';
	return `Each run of this node pays for new videos (${cost} this time). ${advice}`;
}

function isPaid(job: Job): boolean {
	const hasTask = job.in('running') ?? job.in('succeeded') ?? job.in('timedOut');
	return hasTask !== undefined && job.request.source.type === 'create';
}

function costUsdOf({ request: { source }, state }: Job): number {
	const { task } = taskOf(state);
	return task?.costUsd || (source.type === 'create' ? listPriceUsd(source.body) : 0);
}
