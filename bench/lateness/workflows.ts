import type { StoredCredential, WorkflowNode } from '../../scripts/n8n/answers';
import { RIGHT_KEY } from '../../support/stage';
import { lumaNode, node, webhookWorkflow, type WebhookWorkflow } from '../../support/workflows';
import type { Way } from '../results';

export type LiveWay = Extract<Way, 'poll' | 'callback' | 'loop'>;

interface Places {
	serviceUrl: string;
	/** Hears of every run of the last node. */
	tallyUrl: string;
	credential: StoredCredential;
}

/** POST { prompt, model, duration } is answered at once; the last node tells the tally of the video. */
export function workflowFor(way: LiveWay, places: Places): WebhookWorkflow {
	const workflow = way === 'loop' ? loopWorkflow(places) : lumaWorkflow(way, places);
	workflow.nodes[0].parameters.responseMode = 'onReceived';
	return workflow;
}

function lumaWorkflow(
	waitMode: 'poll' | 'callback',
	{ credential, tallyUrl }: Places,
): WebhookWorkflow {
	const asked = (field: string) => `={{ $json.body.${field} }}`;
	const luma = lumaNode(credential, {
		parameters: {
			prompt: asked('prompt'),
			model: asked('model'),
			duration: asked('duration'),
			waitMode,
		},
		// How often it polls is up to the node.
		options: { pollIntervalSeconds: 0 },
	});
	return webhookWorkflow('allEntries', [luma, tallyNode(tallyUrl)]);
}

/** As templates do it: create, wait, look, and back to the wait until it is done. */
function loopWorkflow({ serviceUrl, tallyUrl }: Places): WebhookWorkflow {
	const create = httpRequest('Create', {
		method: 'POST',
		url: `${serviceUrl}/api/v1/task`,
		sendBody: true,
		specifyBody: 'json',
		jsonBody: `={{ JSON.stringify({
			model: 'luma',
			task_type: 'video_generation',
			input: { prompt: $json.body.prompt, model: $json.body.model, duration: $json.body.duration },
		}) }}`,
	});
	const wait = node('Wait', 'n8n-nodes-base.wait', 1.1, {
		resume: 'timeInterval',
		amount: 15,
		unit: 'seconds',
	});
	wait.webhookId = wait.id;
	const status = httpRequest('Status', {
		url: `=${serviceUrl}/api/v1/task/{{ $('Create').first().json.data.task_id }}`,
	});
	const done = node('Done?', 'n8n-nodes-base.if', 2.2, {
		conditions: {
			options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
			combinator: 'and',
			conditions: [
				{
					id: 'done',
					leftValue: '={{ $json.data.status }}',
					rightValue: 'completed',
					operator: { type: 'string', operation: 'equals' },
				},
			],
		},
	});
	const workflow = webhookWorkflow('allEntries', [create, wait, status, done, tallyNode(tallyUrl)]);
	const to = (name: string) => [{ node: name, type: 'main', index: 0 }];
	workflow.connections[done.name] = { main: [to('Tally'), to(wait.name)] };
	return workflow;
}

function httpRequest(name: string, parameters: Record<string, unknown>): WorkflowNode {
	return node(name, 'n8n-nodes-base.httpRequest', 4.2, {
		sendHeaders: true,
		headerParameters: { parameters: [{ name: 'x-api-key', value: RIGHT_KEY }] },
		...parameters,
	});
}

function tallyNode(url: string): WorkflowNode {
	return node('Tally', 'n8n-nodes-base.httpRequest', 4.2, {
		method: 'POST',
		url,
		sendBody: true,
		specifyBody: 'json',
		jsonBody: "={{ JSON.stringify({ order: $('Webhook').first().json.body.prompt }) }}",
	});
}
