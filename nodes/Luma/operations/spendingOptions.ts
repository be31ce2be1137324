import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { isInCents, MAX_LIMIT_USD } from '../jobs/limits/amount';
import { cannotBe, numberOption, validationError } from './validation';

/** An agent decides by itself how many videos it makes. US dollars in one execution. */
export const AGENT_TOOL_LIMIT_USD = 1;

/** Options that limit what is spent. Alphabetical among the other options. */
export const spendingOptions = {
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
} satisfies Record<string, INodeProperties>;

/**
 * Reads a limit of the run from the first item.
 *
 * @param unsetUsd US dollars, where the option is not set
 * @returns US dollars; 0 = no limit
 * @throws NodeOperationError when it is not an amount
 */
export function spendingParameter(
	context: IExecuteFunctions,
	{ name, displayName }: INodeProperties,
	unsetUsd = 0,
): number {
	const value = context.getNodeParameter(`options.${name}`, 0, unsetUsd);
	const remedy = 'Enter an amount in US dollars such as 5 or 2.50, or 0 for no limit.';
	const range = { min: 0, max: MAX_LIMIT_USD };
	const usd = numberOption(context, 0, { label: displayName, value, ...range, remedy });
	if (isInCents(usd)) return Math.round(usd * 100) / 100;
	throw validationError(
		context,
		0,
		`${cannotBe(displayName, usd)}: it has more decimals than cents`,
		remedy,
	);
}
