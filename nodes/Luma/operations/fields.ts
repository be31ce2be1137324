import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { switchOption } from './validation';

/** The switch of every operation whose output is a task. */
export const simplifyField: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description:
		"Whether to return a simplified version of the response instead of PiAPI's own task object",
};

/** Whether the output is simplified. */
export function simplifyParameter(context: IExecuteFunctions, itemIndex: number): boolean {
	const value = context.getNodeParameter('simplify', itemIndex, true);
	return switchOption(context, itemIndex, 'Simplify', value);
}
