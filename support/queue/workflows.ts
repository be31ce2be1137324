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

/** Where a test waits for a task that there is already. */
export function waitFor(taskId: string): LumaSettings {
	return { name: 'Wait for Task', parameters: { resource: 'task', operation: 'wait', taskId } };
}

/**
 * POST { prompt } is answered at once; each item that comes out of the last Luma node is reported as
 * a delivery.
 */
export function reportingWorkflow(
	{ credential, deliveryUrl }: Place,
	...lumaNodes: LumaSettings[]
): WebhookWorkflow {
	const delivery = `={{ JSON.stringify({
		order: $('Webhook').first().json.body.prompt,
		taskId: $json.taskId,
		status: $json.status,
		videoUrl: $json.videoUrl ?? null,
	}) }}`;
	const report = node('Report', 'n8n-nodes-base.httpRequest', 4.2, {
		method: 'POST',
		url: deliveryUrl,
		sendBody: true,
		specifyBody: 'json',
		jsonBody: delivery,
	});
	const prompt = '={{ $json.body.prompt }}';
	const nodes = lumaNodes.map(({ parameters, ...settings }) =>
		lumaNode(credential, { parameters: { prompt, ...parameters }, ...settings }),
	);
	const workflow = webhookWorkflow('allEntries', [...nodes, report]);
	workflow.nodes[0].parameters.responseMode = 'onReceived';
	return workflow;
}
