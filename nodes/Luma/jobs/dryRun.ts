import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { connect } from '../piapi/connect';
import { catchPiapiError, PiapiError } from '../piapi/errors';
import { nodeErrorOf } from '../piapi/nodeError';
import { RunClock, systemClock } from '../runtime/clock';
import { retry } from '../runtime/retry';
import { errorItem } from './items';
import { hintsFor, promptOf } from './hints';
import { listPriceUsd, sumUsd } from './price';
import type { JobRequest } from './request';
import type { Run } from './run';
import { bodyToSend } from './stages/upload';

/**
 * The dry run: shows each item's request with what it would cost, and checks the key and the balance
 * with PiAPI's free account call. Makes nothing.
 *
 * @param withWebhook adds the webhook configuration as it may be shown
 * @throws NodeApiError when PiAPI refuses the account call, unless On Error is set to continue
 */
export async function dryRun(
	context: IExecuteFunctions,
	requests: JobRequest[],
	withWebhook: Run['withWebhook'],
): Promise<INodeExecutionData[]> {
	if (requests.length === 0) return [];
	const client = await connect(context);
	const clock = new RunClock(systemClock, context.getExecutionCancelSignal?.());
	const account = await catchPiapiError(retry(clock, async () => await client.account()));
	if (account instanceof PiapiError) {
		const itemCount = context.getInputData().length;
		const errors = requests.map(({ itemIndex }) =>
			nodeErrorOf(context.getNode(), account, { itemIndex, itemCount }),
		);
		if (!context.continueOnFail()) throw errors[0];
		return requests.map(({ itemIndex }, index) => errorItem(errors[index], itemIndex));
	}

	const totalUsd = sumUsd(requests.map(priceOf));
	return requests.map((request) => ({
		json: {
			prompt: promptOf(request),
			dryRun: true,
			request: requestOf(request, withWebhook),
			checks: {
				fields: 'ok',
				key: 'ok',
				balanceUsd: account.balanceUsd,
				balanceIsEnough: account.balanceUsd === null ? null : account.balanceUsd >= totalUsd,
			},
			expectedCostUsd: priceOf(request),
			expectedCostOfAllItemsUsd: totalUsd,
			hints: hintsFor(request),
		},
		pairedItem: { item: request.itemIndex },
	}));
}

function requestOf(request: JobRequest, withWebhook: Run['withWebhook']): IDataObject | null {
	const { source, images = [] } = request;
	if (source.type === 'existing') return null;
	const imageUrls = new Map(
		images.map(({ reference, fileName }) => [
			reference,
			`(address of ${fileName} after its upload)`,
		]),
	);
	const body = withWebhook(bodyToSend(source.body, request, imageUrls));
	return { method: 'POST', path: '/api/v1/task', body: { ...body } as unknown as IDataObject };
}

function priceOf({ source }: JobRequest): number {
	return source.type === 'create' ? listPriceUsd(source.body) : 0;
}
