import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { connect } from '../piapi/connect';
import { mediaKeeper } from '../piapi/media';
import { nodeErrorOf } from '../piapi/nodeError';
import { afterStop } from './afterStop';
import { Budget } from './budget';
import { Claims } from './claims';
import { RunClock, steadyClock } from './clock';
import { deliver } from './deliver';
import { download } from './download';
import { Gate } from './gate';
import { isOpen, isOrdered, type Generation } from './generation';
import { ledgerOf, type Ledger } from './ledger';
import { windowOf } from './order';
import { pickUp } from './pickUp';
import { poll } from './poll';
import { reconcile } from './reconcile';
import type { GenerationRequest } from './request';
import { timeoutPlaceholder } from './resumed';
import type { Run } from './run';
import { submit } from './submit';
import { prepareSleep, sleepUntil } from './suspend';
import { upload } from './upload';
import { UsualTimes } from './usualTimes';
import { resumingWebhookTarget, webhookTarget } from './webhookTarget';

/** What holds for all items of a run alike. */
export interface RunSettings {
	/** How many requests to PiAPI may be under way at once. */
	maxConcurrency: number;
	/** US dollars that an execution may spend; 0 = no limit. */
	maxSpendUsd: number;
	/** Whether the execution sleeps until PiAPI reports the end of the tasks. */
	sleeps: boolean;
	/** Whether tasks that have not started are cancelled when the execution is stopped. */
	cancelOnStop: boolean;
}

/** Shared by all executions of this n8n process, which can be after the same account's tasks. */
const CLAIMS = new Claims();
const USUAL_TIMES = new UsualTimes();

/** What the pipeline brings: one item per request in their order. */
export interface Made {
	items: INodeExecutionData[];
	/** How long the execution is to sleep for the videos of these items. */
	sleepUntil?: Date;
}

/**
 * The one pipeline: requests → upload → submit → wait → download → deliver → items.
 *
 * @throws NodeApiError for the first item in trouble, unless Continue On Fail is on
 */
export async function generate(
	context: IExecuteFunctions,
	requests: GenerationRequest[],
	settings: RunSettings,
): Promise<Made> {
	const ledger = ledgerOf(context);
	let handedOn = false;
	try {
		const made = await generateWith(ledger, context, requests, settings);
		handedOn = true;
		return made;
	} finally {
		ledger.close({ handedOn });
	}
}

async function generateWith(
	ledger: Ledger,
	context: IExecuteFunctions,
	requests: GenerationRequest[],
	settings: RunSettings,
): Promise<Made> {
	const clock = new RunClock(steadyClock, context.getExecutionCancelSignal?.());
	const run: Run = {
		client: await connect(context),
		clock,
		gate: new Gate(settings.maxConcurrency, clock),
		failFast: !context.continueOnFail(),
		ledger,
		budget: new Budget(settings.maxSpendUsd, () => ledger.costsUsd),
		endpoint: await (settings.sleeps ? resumingWebhookTarget(context) : webhookTarget(context)),
		claims: CLAIMS,
		usualTimes: USUAL_TIMES,
		leftOver: [],
	};
	const generations = requests.map((request): Generation => ({ request, beganAt: clock.now() }));

	await makeAll(generations, run);
	await download(generations, run, mediaKeeper(context, clock.endSignal));

	await afterStop(generations, run, {
		cancelOnStop: settings.cancelOnStop,
		tell: (line) => context.logger.info(line),
	});
	if (run.failFast) throwFirst(context, generations);
	const until = sleepUntil(generations, run);
	if (!until) return { items: generations.map((generation) => deliver(context, generation)) };
	const items = generations.map((generation) =>
		isOpen(generation) ? timeoutPlaceholder(generation) : deliver(context, generation),
	);
	return { items, sleepUntil: until };
}

/** From requests to videos at PiAPI: what n8n has nothing to do with. */
export async function makeAll(generations: Generation[], run: Run): Promise<void> {
	await pickUp(generations, run);
	await upload(generations, run);
	await submit(generations, run);
	await reconcile(generations, run);
	await awaitEnds(generations, run);
	strikeUnpaid(generations, run);
}

async function awaitEnds(generations: Generation[], run: Run): Promise<void> {
	const resumeUrl = run.endpoint.resume?.url;
	if (resumeUrl === undefined) await poll(generations, run);
	else await prepareSleep(generations, run, resumeUrl);
}

/** A task that ended without a video costs nothing: a retry may order anew. */
function strikeUnpaid(generations: Generation[], { ledger }: Run): void {
	for (const { request, task } of generations) {
		if (task?.status === 'failed' || task?.status === 'cancelled') ledger.strike(request);
	}
}

function throwFirst(context: IExecuteFunctions, generations: Generation[]): void {
	const first = generations.find(({ trouble }) => trouble);
	if (!first?.trouble) return;
	throw nodeErrorOf(
		context.getNode(),
		first.trouble,
		first.request.itemIndex,
		madeBesides(first, generations),
	);
}

/** The tasks that the message about the first item in trouble has to name, or when they may have been made. */
export function madeBesides(first: Generation, generations: Generation[]): string[] {
	return generations
		.filter(({ request }) => 'create' in request.source)
		.filter(isOrdered)
		.map((generation) => ({ ...generation, taskId: generation.taskId ?? generation.order?.taskId }))
		.filter(({ request, taskId }) =>
			taskId === undefined ? request !== first.request : taskId !== first.trouble?.facts.taskId,
		)
		.map(({ request, taskId, order }) =>
			taskId === undefined && order
				? `perhaps one for item ${request.itemIndex + 1}, between ${windowOf(order)}`
				: String(taskId),
		);
}
