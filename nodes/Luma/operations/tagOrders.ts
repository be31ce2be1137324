import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { switchOption, validationError } from './validation';

/** For the day on which PiAPI rejects the creation tags of this package. */
export const tagOrdersOption: INodeProperties = {
	displayName: 'Tag New Tasks',
	name: 'tagOrders',
	type: 'boolean',
	default: true,
	description:
		"Whether each request for a video carries a random tag, by which the node finds the task when PiAPI's answer is lost. Switch it off only if PiAPI rejects requests with a tag: where an answer is lost, the item then says that its video may have been created, and creates no second one. Suspend Until Callback needs the tag. So does a Luma Dream Machine Webhook Trigger at the 'Callback URL', unless the credential has a 'Webhook Secret'.",
};

/**
 * Whether the creates of a run carry a creation tag; read from the first item.
 *
 * @param suspends whether the execution is suspended until PiAPI's webhooks, which the tag verifies
 * @throws NodeOperationError when they are to carry none, and the execution is to be suspended
 */
export function tagOrdersParameter(
	context: IExecuteFunctions,
	{ suspends }: { suspends: boolean },
): boolean {
	const label = tagOrdersOption.displayName;
	const value = context.getNodeParameter('options.tagOrders', 0, true);
	const isTagged = switchOption(context, 0, label, value);
	if (isTagged || !suspends) return isTagged;
	throw validationError(
		context,
		0,
		`'Wait Mode' cannot be Suspend Until Callback while '${label}' is off`,
		`Set 'Wait Mode' to Wait Here, or switch '${label}' on: the tag proves that a webhook comes from PiAPI.`,
	);
}
