import { randomUUID } from 'node:crypto';

import type { StoredCredential, WorkflowFile, WorkflowNode } from '../../scripts/n8n/answers';

export interface WebhookWorkflow extends WorkflowFile {
	/** Where a POST starts the workflow, once it is active. */
	path: string;
}

const WEBHOOK = 'Webhook';
export const LUMA = 'Luma Dream Machine';

/**
 * POST { prompts: [...] } in, one item a video out, as the answer of the same request.
 *
 * @param options of the Luma node
 */
export function videoWorkflow(
	credential: StoredCredential,
	options: Record<string, unknown> = {},
): WebhookWorkflow {
	const path = randomUUID();
	const webhook = node(WEBHOOK, 'n8n-nodes-base.webhook', 2.1, {
		httpMethod: 'POST',
		path,
		responseMode: 'lastNode',
		responseData: 'allEntries',
		options: {},
	});
	const split = node('Split Out', 'n8n-nodes-base.splitOut', 1, {
		fieldToSplitOut: 'body.prompts',
		options: { destinationFieldName: 'prompt' },
	});
	const luma = node(LUMA, 'n8n-nodes-piapi-luma.luma', 1, {
		resource: 'video',
		operation: 'textToVideo',
		prompt: '={{ $json.prompt }}',
		options: { pollIntervalSeconds: 1, ...options },
	});
	luma.credentials = { piapiApi: { id: credential.id, name: credential.name } };
	webhook.webhookId = path;

	return {
		path,
		name: `Videos ${path}`,
		nodes: [webhook, split, luma],
		connections: { [WEBHOOK]: to('Split Out'), 'Split Out': to(LUMA) },
		settings: { executionOrder: 'v1', saveDataSuccessExecution: 'all' },
	};
}

function node(
	name: string,
	type: string,
	typeVersion: number,
	parameters: Record<string, unknown>,
): WorkflowNode {
	return { id: randomUUID(), name, type, typeVersion, position: [0, 0], parameters };
}

function to(name: string) {
	return { main: [[{ node: name, type: 'main', index: 0 }]] };
}
