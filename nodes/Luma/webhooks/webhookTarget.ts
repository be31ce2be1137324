import { NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';

import { canBeCalled, webAddress } from '../piapi/addresses';
import { textOf } from '../piapi/json';
import type { WebhookTarget } from '../piapi/webhookConfig';
import { isAgentTool } from '../runtime/agentTool';

/**
 * The end of the address, for this package's nodes alone: a late webhook must not resume another node of
 * the execution that is suspended at that time.
 */
export const RESUME_PATH = 'luma';

/**
 * For a run whose webhooks resume nothing here.
 *
 * @param isTagged whether each create carries a creation tag
 */
export async function webhookTarget(
	context: IExecuteFunctions,
	{ isTagged }: { isTagged: boolean },
): Promise<WebhookTarget> {
	const { apiKey, webhookSecret } = await context.getCredentials('piapiApi');
	return {
		...(isTagged && { apiKey: String(apiKey) }),
		webhookSecret: textOf(webhookSecret)?.trim(),
	};
}

/**
 * For a run that PiAPI's webhooks are to resume. n8n may have signed the address, so its query is passed
 * on as it is.
 *
 * @throws NodeOperationError when no webhook can arrive there, before anything is made
 */
export async function resumingWebhookTarget(context: IExecuteFunctions): Promise<WebhookTarget> {
	const node = context.getNode();
	if (isAgentTool(node)) {
		throw new NodeOperationError(node, 'An agent cannot wait for a webhook of PiAPI', {
			description: "Set 'Wait Mode' to Wait Here. Nothing was sent to PiAPI.",
			level: 'warning',
		});
	}
	const { baseUrl } = await context.getCredentials('piapiApi');
	const address = webAddress(context.evaluateExpression('{{ $execution.resumeUrl }}', 0));
	if (address && canBeCalled(address, baseUrl)) {
		address.pathname += `/${RESUME_PATH}`;
		const resume = { url: address.href, executionId: context.getExecutionId() };
		return { ...(await webhookTarget(context, { isTagged: true })), resume };
	}
	throw new NodeOperationError(
		node,
		`PiAPI cannot call this n8n when videos are finished, because its address is ${address?.origin ?? 'not known'}`,
		{
			description:
				"Set 'Wait Mode' to Wait Here, which works everywhere. Or give your n8n a public https:// address: set WEBHOOK_URL to it and restart n8n. Nothing was sent to PiAPI.",
			level: 'warning',
		},
	);
}
