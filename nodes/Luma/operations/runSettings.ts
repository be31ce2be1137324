import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import type { RunSettings } from '../jobs/pipeline';
import { maxConcurrency } from './validatedItems';
import { numberOption, switchOption } from './validation';

/** Options of the operations that pay for tasks. Alphabetical among the other options. */
export const payingOptions = {
	cancelOnStop: {
		displayName: 'Cancel on Stop',
		name: 'cancelOnStop',
		type: 'boolean',
		default: true,
		description:
			'Whether tasks that have not started at PiAPI are cancelled when somebody stops the execution, so that they are not charged. PiAPI keeps working on tasks that have started: Task → Get Many lists them.',
	},
	maxSpendUsd: {
		displayName: 'Max Spend (USD)',
		name: 'maxSpendUsd',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: 100_000, numberPrecision: 2 },
		default: 0,
		description:
			'How many US dollars this node may spend in one execution, retries and the runs of a loop included. The first video of each kind is created alone, and the price that PiAPI takes for it counts for the others. Where PiAPI names the price only at the end of a video, the list price counts until then. Items that would exceed the limit are not created, and say so. 0 means no limit.',
	},
} satisfies Record<string, INodeProperties>;

/**
 * Reads the settings of all items of a run from the first item.
 *
 * @throws NodeOperationError when the limit is not an amount
 */
export function runSettings(
	context: IExecuteFunctions,
): Omit<RunSettings, 'withWebhook' | 'awaitTasks'> {
	return {
		maxConcurrency: maxConcurrency(context),
		maxSpendUsd: numberOption(context, 0, {
			label: 'Max Spend (USD)',
			value: context.getNodeParameter('options.maxSpendUsd', 0, 0),
			min: 0,
			max: payingOptions.maxSpendUsd.typeOptions.maxValue,
			remedy: 'Enter an amount in US dollars such as 5, or 0 for no limit.',
		}),
		cancelOnStop: switchOption(
			context,
			0,
			'Cancel on Stop',
			context.getNodeParameter('options.cancelOnStop', 0, true),
		),
	};
}
