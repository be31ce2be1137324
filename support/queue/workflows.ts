import type { StoredCredential } from '../../scripts/n8n/answers';
import {
	lumaNode,
	node,
	webhookWorkflow,
	type LumaSettings,
	type WebhookWorkflow,
} from '../n8n/workflows';

interface Place {
	credential: StoredCredential;
	deliveryUrl: string;
}

const prompt = '={{ $json.body.prompt }}';
const wait = { resource: 'task', operation: 'wait' };

/** POST { prompt } is answered at once; the video's data goes to the delivery log. */
export function videoWorkflow(place: Place, waitMode: 'poll' | 'callback'): WebhookWorkflow {
	// How often it polls is up to the node.
	const options = { pollIntervalSeconds: 0, timeoutMinutes: waitMode === 'callback' ? 2 : 15 };
	return inTheBackground(place, { parameters: { prompt, waitMode }, options });
}

/** The same, with a wait for what was not ready at the deadline. */
export function workflowWithRetry(place: Place): WebhookWorkflow {
	return inTheBackground(
		place,
		{ parameters: { prompt, waitMode: 'callback' }, options: { timeoutMinutes: 2 } },
		{ name: 'Wait for Task', parameters: { ...wait, taskId: '={{ $json.taskId }}' } },
	);
}

/** POST { prompt, taskId }: the way back to a video whose execution was lost. */
export function recoveryWorkflow(place: Place): WebhookWorkflow {
	return inTheBackground(place, { parameters: { ...wait, taskId: '={{ $json.body.taskId }}' } });
}

/** POST { prompt }: creates the video without waiting for it; items that are not created go on, too. */
export function limitedWorkflow(place: Place): WebhookWorkflow {
	const parameters = { prompt, waitMode: 'none' };
	return inTheBackground(place, { parameters, onError: 'continueRegularOutput' });
}

function inTheBackground(
	{ credential, deliveryUrl }: Place,
	...lumaNodes: LumaSettings[]
): WebhookWorkflow {
	const delivery = `={{ JSON.stringify({
		order: $('Webhook').first().json.body.prompt,
		taskId: $json.taskId,
		status: $json.status,
		videoUrl: $json.videoUrl ?? null,
	}) }}`;
	const deliveryLog = node('Delivery Log', 'n8n-nodes-base.httpRequest', 4.2, {
		method: 'POST',
		url: deliveryUrl,
		sendBody: true,
		specifyBody: 'json',
		jsonBody: delivery,
	});
	const nodes = lumaNodes.map((settings) => lumaNode(credential, settings));
	const workflow = webhookWorkflow('allEntries', [...nodes, deliveryLog]);
	workflow.nodes[0].parameters.responseMode = 'onReceived';
	return workflow;
}
