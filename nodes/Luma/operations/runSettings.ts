import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { isAgentTool } from '../jobs/output';
import { isInCents, MAX_LIMIT_USD } from '../jobs/spending/price';
import { Parameters } from './parameters';
import { maxConcurrency } from './waiting';

/** An agent decides by itself how many videos it makes. US dollars in one execution. */
const AGENT_TOOL_LIMIT_USD = 1;

/** Options of the operations that pay for tasks. */
export const payingOptions = {
	cancelOnStop: {
		displayName: 'Cancel on Stop',
		name: 'cancelOnStop',
		type: 'boolean',
		default: true,
		description:
			'Whether tasks that have not started at PiAPI are cancelled when somebody stops the execution, so that they are not charged. PiAPI keeps working on tasks that have started: Task → Get Many lists them.',
	},
	keepBalanceUsd: {
		displayName: 'Keep Balance Above (USD)',
		name: 'keepBalanceUsd',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: MAX_LIMIT_USD, numberPrecision: 2 },
		default: 1,
		description:
			'How many US dollars have to remain of your PiAPI balance. The balance is read once before the first video of a run, which is free; items that would take it below this amount are not created, and say so. 0 means no limit.',
	},
	maxSpendUsd: {
		displayName: 'Max Spend (USD)',
		name: 'maxSpendUsd',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: MAX_LIMIT_USD, numberPrecision: 2 },
		default: 1,
		description:
			'How many US dollars this node may spend in one execution, retries and the runs of a loop included. The first video of each kind is created alone, and the price that PiAPI takes for it counts for the others. Where PiAPI names the price only at the end of a video, the list price counts until then. Items that would exceed the limit are not created, and say so. 0 means no limit. As the tool of an AI agent the node may spend $1 where this is not set.',
	},
	/** For the day on which PiAPI rejects the creation tags of this package. */
	tagOrders: {
		displayName: 'Tag New Tasks',
		name: 'tagOrders',
		type: 'boolean',
		default: true,
		description:
			"Whether each request for a video carries a random tag, by which the node finds the task when PiAPI's answer is lost. Switch it off only if PiAPI rejects requests with a tag: where an answer is lost, the item then says that its video may have been created, and creates no second one. Suspend Until Callback needs the tag. So does a Luma Dream Machine Webhook Trigger at the 'Callback URL', unless the credential has a 'Webhook Secret'.",
	},
} satisfies Record<string, INodeProperties>;

/**
 * An option that guards money. For an agent's tool it takes no expression: that is how n8n's editor knows
 * where it may not offer to let the model fill in a field (read in 1.123, 2.8 and 2.41).
 */
export function notForModels(option: INodeProperties): INodeProperties[] {
	return [
		{ ...option, displayOptions: { hide: { '@tool': [true] } } },
		{ ...option, displayOptions: { show: { '@tool': [true] } }, noDataExpression: true },
	];
}

/** What the first item sets for all items of a run. */
export interface RunSettings {
	/** How many requests to PiAPI may be under way at once. */
	maxConcurrency: number;
	/** US dollars that an execution may spend; 0 = no limit. */
	maxSpendUsd: number;
	/** US dollars of the balance that nothing may be spent of; 0 = none. */
	keepBalanceUsd: number;
	/** Whether tasks that have not started are cancelled when the execution is stopped. */
	cancelOnStop: boolean;
}

/** @throws NodeOperationError when one of them cannot be used */
export function runSettings(context: IExecuteFunctions): RunSettings {
	const options = new Parameters(context, 0).in('options');
	const unsetLimitUsd = isAgentTool(context.getNode()) ? AGENT_TOOL_LIMIT_USD : 0;
	return {
		maxConcurrency: maxConcurrency(context),
		maxSpendUsd: amount(options, payingOptions.maxSpendUsd, unsetLimitUsd),
		keepBalanceUsd: amount(options, payingOptions.keepBalanceUsd, 0),
		cancelOnStop: options.switch(payingOptions.cancelOnStop),
	};
}

/** US dollars; 0 = no limit. */
function amount(options: Parameters, field: INodeProperties, unset: number): number {
	const remedy = 'Enter an amount in US dollars such as 5 or 2.50, or 0 for no limit.';
	const usd = options.number(field, { unset, remedy });
	if (isInCents(usd)) return Math.round(usd * 100) / 100;
	throw options.cannotBe(field, usd, remedy, 'it has more decimals than cents');
}

/**
 * Whether the creates of a run carry a creation tag; read from the first item.
 *
 * @param suspends whether the execution is suspended until PiAPI's webhooks, which the tag verifies
 * @throws NodeOperationError when they are to carry none, and the execution is to be suspended
 */
export function tagsCreates(
	context: IExecuteFunctions,
	{ suspends }: { suspends: boolean },
): boolean {
	const options = new Parameters(context, 0).in('options');
	const { tagOrders } = payingOptions;
	const isTagged = options.switch(tagOrders);
	if (isTagged || !suspends) return isTagged;
	throw options.error(
		`'Wait Mode' cannot be Suspend Until Callback while '${tagOrders.displayName}' is off`,
		`Set 'Wait Mode' to Wait Here, or switch '${tagOrders.displayName}' on: the tag proves that a webhook comes from PiAPI.`,
	);
}
