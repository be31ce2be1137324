import type { StoredCredential } from '../../scripts/n8n/answers';
import {
	lumaNode,
	node,
	webhookWorkflow,
	type LumaSettings,
	type WebhookWorkflow,
} from '../n8n/workflows';

export type WaitMode = 'poll' | 'callback';

/** POST { prompt } is answered at once; the video's data goes to the delivery log. */
export function videoWorkflow(
	credential: StoredCredential,
	deliveryUrl: string,
	waitMode: WaitMode,
): WebhookWorkflow {
	const parameters = { prompt: '={{ $json.body.prompt }}', waitMode };
	// How often it polls is up to the node.
	const options = { pollIntervalSeconds: 0, timeoutMinutes: waitMode === 'callback' ? 2 : 15 };
	return inTheBackground(credential, deliveryUrl, [{ parameters, options }]);
}

/** The same, with a wait for what was not ready at the deadline. */
export function workflowWithRetry(
	credential: StoredCredential,
	deliveryUrl: string,
): WebhookWorkflow {
	const suspend = { prompt: '={{ $json.body.prompt }}', waitMode: 'callback' };
	const wait = { resource: 'task', operation: 'wait', taskId: '={{ $json.taskId }}' };
	return inTheBackground(credential, deliveryUrl, [
		{ parameters: suspend, options: { timeoutMinutes: 2 } },
		{ name: 'Wait for Task', parameters: wait },
	]);
}

/** POST { prompt, taskId }: the way back to a video whose execution was lost. */
export function recoveryWorkflow(
	credential: StoredCredential,
	deliveryUrl: string,
): WebhookWorkflow {
	const wait = { resource: 'task', operation: 'wait', taskId: '={{ $json.body.taskId }}' };
	return inTheBackground(credential, deliveryUrl, [{ parameters: wait }]);
}

/** POST { prompt }: creates the video without waiting for it; items that are not created go on, too. */
export function limitedWorkflow(
	credential: StoredCredential,
	deliveryUrl: string,
): WebhookWorkflow {
	const parameters = { prompt: '={{ $json.body.prompt }}', waitMode: 'none' };
	const onError = 'continueRegularOutput';
	return inTheBackground(credential, deliveryUrl, [{ parameters, onError }]);
}

function inTheBackground(
	credential: StoredCredential,
	deliveryUrl: string,
	lumaNodes: LumaSettings[],
): WebhookWorkflow {
	const webhook = `={{ JSON.stringify({
		order: $('Webhook').first().json.body.prompt,
		executionId: $execution.id,
		taskId: $json.taskId,
		status: $json.status,
		videoUrl: $json.videoUrl ?? null,
	}) }}`;
	const deliveryLog = node('Delivery Log', 'n8n-nodes-base.httpRequest', 4.2, {
		method: 'POST',
		url: deliveryUrl,
		sendBody: true,
		specifyBody: 'json',
		jsonBody: webhook,
	});
	const nodes = lumaNodes.map((settings) => lumaNode(credential, settings));
	const workflow = webhookWorkflow('allEntries', [...nodes, deliveryLog]);
	workflow.nodes[0].parameters.responseMode = 'onReceived';
	return workflow;
}
