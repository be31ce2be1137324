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
import { isOrdered, type Generation } from './generation';
import { ledgerOf, type Ledger } from './ledger';
import { windowOf } from './order';
import { pickUp } from './pickUp';
import { poll } from './poll';
import { reconcile } from './reconcile';
import type { GenerationRequest } from './request';
import type { Run } from './run';
import { submit } from './submit';
import { upload } from './upload';

/** What holds for all items of a run alike. */
export interface RunSettings {
	/** How many requests to PiAPI may be under way at once. */
	maxConcurrency: number;
	/** US dollars that an execution may spend; 0 = no limit. */
	maxSpendUsd: number;
	/** Whether tasks that have not started are cancelled when the execution is stopped. */
	cancelOnStop: boolean;
}

/** Shared by all executions of this n8n process, which can be after the same account's tasks. */
const CLAIMS = new Claims();

/**
 * The one pipeline: requests → upload → submit → wait → download → deliver → items, one item per
 * request in their order.
 *
 * @throws NodeApiError for the first item in trouble, unless Continue On Fail is on
 */
export async function generate(
	context: IExecuteFunctions,
	requests: GenerationRequest[],
	settings: RunSettings,
): Promise<INodeExecutionData[]> {
	const ledger = ledgerOf(context);
	let handedOn = false;
	try {
		const items = await generateWith(ledger, context, requests, settings);
		handedOn = true;
		return items;
	} finally {
		ledger.close({ handedOn });
	}
}

async function generateWith(
	ledger: Ledger,
	context: IExecuteFunctions,
	requests: GenerationRequest[],
	settings: RunSettings,
): Promise<INodeExecutionData[]> {
	const clock = new RunClock(steadyClock, context.getExecutionCancelSignal?.());
	const run: Run = {
		client: await connect(context),
		clock,
		gate: new Gate(settings.maxConcurrency),
		failFast: !context.continueOnFail(),
		ledger,
		budget: new Budget(settings.maxSpendUsd, () => ledger.costsUsd),
		claims: CLAIMS,
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
	return generations.map((generation) => deliver(context, generation));
}

/** From requests to videos at PiAPI: what n8n has nothing to do with. */
export async function makeAll(generations: Generation[], run: Run): Promise<void> {
	await pickUp(generations, run);
	await upload(generations, run);
	await submit(generations, run);
	await reconcile(generations, run);
	await poll(generations, run);
	strikeUnpaid(generations, run);
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
