import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { connect } from '../piapi/connect';
import { orTrouble, PiapiTrouble } from '../piapi/errors';
import { nodeErrorOf } from '../piapi/nodeError';
import { shownWithWebhookConfig, type WebhookTarget } from '../piapi/webhookConfig';
import { RunClock, steadyClock } from './clock';
import { errorItem } from './deliver';
import type { RunSettings } from './generate';
import { hintsFor } from './hints';
import { persist } from './persist';
import { listPriceUsd, sumUsd } from './price';
import type { GenerationRequest } from './request';
import { withImageAddresses } from './upload';
import { resumingWebhookTarget, webhookTarget } from './webhookTarget';

/**
 * The dry run: shows each item's request with what it would cost, and checks the key and the balance
 * with PiAPI's free account call. Makes nothing.
 *
 * @throws NodeApiError when PiAPI refuses the account call, unless Continue On Fail is on
 */
export async function rehearse(
	context: IExecuteFunctions,
	requests: GenerationRequest[],
	{ sleeps }: Pick<RunSettings, 'sleeps'>,
): Promise<INodeExecutionData[]> {
	if (requests.length === 0) return [];
	const target = await (sleeps ? resumingWebhookTarget(context) : webhookTarget(context));
	const client = await connect(context);
	const clock = new RunClock(steadyClock, context.getExecutionCancelSignal?.());
	const account = await orTrouble(persist(clock, async () => await client.account()));
	if (account instanceof PiapiTrouble) {
		const errors = requests.map(({ itemIndex }) =>
			nodeErrorOf(context.getNode(), account, itemIndex),
		);
		if (!context.continueOnFail()) throw errors[0];
		return requests.map(({ itemIndex }, index) => errorItem(errors[index], itemIndex));
	}

	const totalUsd = sumUsd(requests.map(priceOf));
	return requests.map((request) => ({
		json: {
			dryRun: true,
			request: requestOf(request, target),
			checks: {
				fields: 'ok',
				key: 'ok',
				balanceUsd: account.balanceUsd,
				balanceIsEnough: account.balanceUsd === null ? null : account.balanceUsd >= totalUsd,
			},
			expectedCostUsd: priceOf(request),
			expectedCostOfAllItemsUsd: totalUsd,
			promptHints: hintsFor(request),
		},
		pairedItem: { item: request.itemIndex },
	}));
}

function requestOf(request: GenerationRequest, target: WebhookTarget): IDataObject | null {
	const { source, images = [] } = request;
	if (!('create' in source)) return null;
	const imageAddresses = new Map(
		images.map(({ reference, fileName }) => [
			reference,
			`(address of ${fileName} after its upload)`,
		]),
	);
	const body = withImageAddresses(source.create, { request, imageAddresses });
	return {
		method: 'POST',
		path: '/api/v1/task',
		body: { ...shownWithWebhookConfig(body, target) } as unknown as IDataObject,
	};
}

function priceOf({ source }: GenerationRequest): number {
	return 'create' in source ? listPriceUsd(source.create) : 0;
}
