import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { usd } from '../messages/items';
import { connect } from '../piapi/client';
import { PiapiError } from '../piapi/errors';
import { nodeErrorOf } from '../piapi/nodeError';
import { RunClock, systemClock } from '../runtime/clock';
import { hintsAbout, hintsFor, promptOf, type Hint } from './hints';
import { errorItem } from './items';
import type { JobRequest } from './request';
import type { Run } from './run';
import { dailyLimitOf } from './spending/accountSpending';
import { Ledger } from './spending/ledger';
import { SpendingLimits, type CheckedLimits, type SpendingSettings } from './spending/limits';
import { listPriceUsd, sumUsd } from './spending/price';
import { bodyToSend } from './uploadImages';

/** What a dry run has found out about all of its items. */
interface DryRunFacts extends CheckedLimits {
	/** US dollars that all items are expected to cost. */
	costUsd: number;
	/** US dollars; null when PiAPI does not say. */
	balanceUsd: number | null;
}

/** Settings of all items of a dry run. */
export interface DryRunSettings extends Omit<SpendingSettings, 'daily'> {
	/** Adds the webhook configuration as it may be shown. */
	withWebhook: Run['withWebhook'];
}

/** What a dry run shows. */
export interface DryRunResult {
	items: INodeExecutionData[];
	hints: Hint[];
}

/**
 * The dry run: shows each item's request with what it would cost, and checks the key, the balance and the
 * limits with PiAPI's free calls. Makes nothing.
 *
 * @throws NodeApiError when PiAPI refuses the account call, unless On Error is set to continue
 */
export async function dryRun(
	context: IExecuteFunctions,
	requests: JobRequest[],
	settings: DryRunSettings,
): Promise<DryRunResult> {
	if (requests.length === 0) return { items: [], hints: [] };
	const daily = await dailyLimitOf(context);
	const clock = new RunClock(systemClock, context.getExecutionCancelSignal?.());
	const piapi = await connect(context, clock);
	const account = await piapi.account().catch((error: PiapiError) => error);
	if (account instanceof PiapiError) {
		return { items: errorItems(context, requests, account), hints: [] };
	}
	const { balanceUsd } = account;
	const bodies = requests.flatMap(({ source }) => (source.type === 'create' ? source.body : []));
	const ledger = new Ledger({}, 0, daily?.spending);
	const checked = await new SpendingLimits({ ...settings, daily }, ledger, piapi).check(bodies);
	const facts = { costUsd: sumUsd(requests.map(priceOf)), balanceUsd, ...checked };
	return resultOf(requests, facts, settings);
}

function resultOf(
	requests: JobRequest[],
	facts: DryRunFacts,
	settings: DryRunSettings,
): DryRunResult {
	return {
		items: requests.map((request) => ({
			json: jsonOf(request, facts, settings.withWebhook),
			pairedItem: { item: request.itemIndex },
		})),
		hints: [...dryRunHints(facts), ...requests.flatMap(hintsAbout)],
	};
}

/** What matters most comes first; the request, which is long, last. */
function jsonOf(
	request: JobRequest,
	{ costUsd, balanceUsd, dailyRoomUsd, refusal }: DryRunFacts,
	withWebhook: Run['withWebhook'],
): IDataObject {
	return {
		prompt: promptOf(request),
		dryRun: true,
		expectedCostUsd: priceOf(request),
		expectedCostOfAllItemsUsd: costUsd,
		balanceUsd,
		balanceIsEnough: balanceUsd === null ? null : balanceUsd >= costUsd,
		dailyRoomUsd,
		isWithinLimits: refusal === undefined,
		hints: hintsFor(request),
		request: requestOf(request, withWebhook),
	};
}

function errorItems(
	context: IExecuteFunctions,
	requests: JobRequest[],
	cause: PiapiError,
): INodeExecutionData[] {
	const itemCount = context.getInputData().length;
	const errors = requests.map(({ itemIndex }) =>
		nodeErrorOf(context.getNode(), cause, { place: { itemIndex, itemCount } }),
	);
	if (!context.continueOnFail()) throw errors[0];
	return requests.map(({ itemIndex }, index) => errorItem(errors[index], itemIndex));
}

function requestOf(request: JobRequest, withWebhook: Run['withWebhook']): IDataObject | null {
	const { source, uploads = [] } = request;
	if (source.type === 'existing') return null;
	const imageUrls = new Map(
		uploads.map(({ reference, fileName }) => [reference, `(link to ${fileName} after its upload)`]),
	);
	const body = withWebhook(bodyToSend(source.body, request, imageUrls));
	return { method: 'POST', path: '/api/v1/task', body: { ...body } as unknown as IDataObject };
}

function priceOf({ source }: JobRequest): number {
	return source.type === 'create' ? listPriceUsd(source.body) : 0;
}

/** For the output panel: that nothing was created, what it would cost, and what would be in the way. */
function dryRunHints({ costUsd, balanceUsd, dailyRoomUsd, refusal }: DryRunFacts): Hint[] {
	const room = dailyRoomUsd === null ? '' : ` The daily limit leaves ${usd(dailyRoomUsd)}.`;
	const summary = `This was a dry run: nothing was created and nothing was paid. It would cost about ${usd(costUsd)}; ${aboutBalance(costUsd, balanceUsd)}${room}`;
	const limits =
		refusal &&
		`This was a dry run: not all of it would be created. ${refusal.message}. ${refusal.remedy}`;
	return [summary, limits].filter((text) => text !== undefined).map((text) => ({ text }));
}

function aboutBalance(costUsd: number, balanceUsd: number | null): string {
	if (balanceUsd === null) return 'PiAPI does not tell your balance.';
	const balance = `your balance is ${usd(balanceUsd)}`;
	return balanceUsd >= costUsd
		? `${balance}.`
		: `${balance}, which is not enough: top up at app.piapi.ai (Billing).`;
}
