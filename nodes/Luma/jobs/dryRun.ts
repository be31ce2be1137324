import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { connect } from '../piapi/connect';
import { catchPiapiError, PiapiError } from '../piapi/errors';
import { nodeErrorOf } from '../piapi/nodeError';
import { RunClock, systemClock } from '../runtime/clock';
import { retry } from '../runtime/retry';
import { dryRunHints, type DryRunFacts } from './dryRunHints';
import { hintsFor, promptOf, type Hint } from './hints';
import { errorItem } from './items';
import { checkLimits } from './limits/checkLimits';
import { accountLimitOf } from './limits/accountLimit';
import type { LimitSettings } from './limits/limitsOfRun';
import { listPriceUsd, sumUsd } from './price';
import type { JobRequest } from './request';
import type { Run } from './run';
import { bodyToSend } from './stages/upload';

/** Settings of all items of a dry run. */
export interface DryRunSettings extends Omit<LimitSettings, 'daily'> {
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
	const daily = await accountLimitOf(context);
	const client = await connect(context);
	const clock = new RunClock(systemClock, context.getExecutionCancelSignal?.());
	const account = await catchPiapiError(retry(clock, async () => await client.account()));
	if (account instanceof PiapiError) {
		return { items: errorItems(context, requests, account), hints: [] };
	}

	const bodies = requests.flatMap(({ source }) => (source.type === 'create' ? source.body : []));
	const checked = await checkLimits({ ...settings, daily }, bodies, { client, clock });
	const facts: DryRunFacts = {
		costUsd: sumUsd(requests.map(priceOf)),
		balanceUsd: account.balanceUsd,
		...checked,
	};
	return {
		items: requests.map((request) => ({
			json: jsonOf(request, facts, settings.withWebhook),
			pairedItem: { item: request.itemIndex },
		})),
		hints: dryRunHints(facts),
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
	met: PiapiError,
): INodeExecutionData[] {
	const itemCount = context.getInputData().length;
	const errors = requests.map(({ itemIndex }) =>
		nodeErrorOf(context.getNode(), met, { itemIndex, itemCount }),
	);
	if (!context.continueOnFail()) throw errors[0];
	return requests.map(({ itemIndex }, index) => errorItem(errors[index], itemIndex));
}

function requestOf(request: JobRequest, withWebhook: Run['withWebhook']): IDataObject | null {
	const { source, images = [] } = request;
	if (source.type === 'existing') return null;
	const imageUrls = new Map(
		images.map(({ reference, fileName }) => [reference, `(link to ${fileName} after its upload)`]),
	);
	const body = withWebhook(bodyToSend(source.body, request, imageUrls));
	return { method: 'POST', path: '/api/v1/task', body: { ...body } as unknown as IDataObject };
}

function priceOf({ source }: JobRequest): number {
	return source.type === 'create' ? listPriceUsd(source.body) : 0;
}
