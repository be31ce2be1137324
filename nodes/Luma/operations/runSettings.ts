import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import type { RunSettings } from '../jobs/pipeline';
import { isAgentTool } from '../runtime/agentTool';
import { AGENT_TOOL_LIMIT_USD, spendingOptions, spendingParameter } from './spendingOptions';
import { maxConcurrency } from './validatedItems';
import { switchOption } from './validation';

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
} satisfies Record<string, INodeProperties>;

/**
 * Reads the settings of all items of a run from the first item.
 *
 * @throws NodeOperationError when the limit is not an amount
 */
export function runSettings(
	context: IExecuteFunctions,
): Omit<RunSettings, 'withWebhook' | 'awaitTasks'> {
	const unsetLimitUsd = isAgentTool(context.getNode()) ? AGENT_TOOL_LIMIT_USD : 0;
	return {
		maxConcurrency: maxConcurrency(context),
		maxSpendUsd: spendingParameter(context, spendingOptions.maxSpendUsd, unsetLimitUsd),
		keepBalanceUsd: spendingParameter(context, spendingOptions.keepBalanceUsd),
		cancelOnStop: switchOption(
			context,
			0,
			'Cancel on Stop',
			context.getNodeParameter('options.cancelOnStop', 0, true),
		),
	};
}
