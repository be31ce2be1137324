import { randomUUID } from 'node:crypto';

import type { StoredCredential, WorkflowFile, WorkflowNode } from '../../scripts/n8n/answers';

export interface WebhookWorkflow extends WorkflowFile {
	/** Where a POST starts the workflow, once it is active. */
	path: string;
}

export const LUMA = 'Luma Dream Machine';

/** What a test sets of the Luma node; `options` come on top of those of every test. */
export interface LumaSettings extends Partial<WorkflowNode> {
	options?: Record<string, unknown>;
}

/** POST { prompts: [...] } in, one item a video out, as the answer of the same request. */
export function videoWorkflow(
	credential: StoredCredential,
	settings: LumaSettings = {},
): WebhookWorkflow {
	return webhookWorkflow('allEntries', [onePerPrompt(), lumaNode(credential, settings)]);
}

/** An item for each prompt of a request. */
export function onePerPrompt(): WorkflowNode {
	return node('Split Out', 'n8n-nodes-base.splitOut', 1, {
		fieldToSplitOut: 'body.prompts',
		options: { destinationFieldName: 'prompt' },
	});
}

/** Recovery after a crash: the newest task of the account, and the wait for its video. */
export function recoveryWorkflow(credential: StoredCredential): WebhookWorkflow {
	const newest = { resource: 'task', operation: 'getMany', limit: 1 };
	const wait = { resource: 'task', operation: 'wait', taskId: '={{ $json.taskId }}' };
	return webhookWorkflow('allEntries', [
		lumaNode(credential, { name: 'Newest Task', parameters: newest }),
		lumaNode(credential, { parameters: wait }),
	]);
}

/**
 * As `videoWorkflow`, for an execution that is suspended: the webhook answers at once, and the nodes After and
 * Failed show what came out of the Luma node's two outputs.
 */
export function suspendingWorkflow(
	credential: StoredCredential,
	settings: LumaSettings = {},
): WebhookWorkflow {
	const workflow = videoWorkflow(credential, settings);
	const [webhook, ...others] = workflow.nodes;
	const after = ['After', 'Failed'].map((name) => node(name, 'n8n-nodes-base.noOp', 1, {}));
	const parameters = { ...webhook.parameters, responseMode: 'onReceived' };
	return {
		...workflow,
		nodes: [{ ...webhook, parameters }, ...others, ...after],
		connections: {
			...workflow.connections,
			[LUMA]: { main: [...to('After').main, ...to('Failed').main] },
		},
	};
}

export function lumaNode(credential: StoredCredential, settings: LumaSettings = {}): WorkflowNode {
	const { options, parameters, ...own } = settings;
	const created = node(LUMA, 'n8n-nodes-piapi-luma.luma', 1, {
		resource: 'video',
		operation: 'textToVideo',
		prompt: '={{ $json.prompt }}',
		...parameters,
		options: { pollIntervalSeconds: 1, ...options },
	});
	const credentials = { piapiApi: { id: credential.id, name: credential.name } };
	return { ...created, credentials, ...own };
}

/** A webhook and the nodes after it in a row; the last one's output is the answer. */
export function webhookWorkflow(
	responseData: 'allEntries' | 'firstEntryBinary',
	nodes: WorkflowNode[],
): WebhookWorkflow {
	const path = randomUUID();
	const webhook = node('Webhook', 'n8n-nodes-base.webhook', 2.1, {
		httpMethod: 'POST',
		path,
		responseMode: 'lastNode',
		responseData,
		options: {},
	});
	webhook.webhookId = path;
	const row = [webhook, ...nodes];
	const connections = nodes.map(({ name }, i) => [row[i].name, to(name)] as const);
	return {
		path,
		name: `Videos ${path}`,
		nodes: row,
		connections: Object.fromEntries(connections),
		settings: { executionOrder: 'v1', saveDataSuccessExecution: 'all' },
	};
}

export function node(
	name: string,
	type: string,
	typeVersion: number,
	parameters: Record<string, unknown>,
): WorkflowNode {
	return { id: randomUUID(), name, type, typeVersion, position: [0, 0], parameters };
}

/** The connection of an output. */
export function to(name: string, type = 'main') {
	return { [type]: [[{ node: name, type, index: 0 }]] };
}
