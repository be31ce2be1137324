import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import type { NodeField, NodeType, StoredCredential } from '../../scripts/n8n/answers';
import { post } from '../../support/n8n/runs';
import { joinTestbed } from '../../support/n8n/sharedN8n';
import { RIGHT_KEY, type Testbed } from '../../support/n8n/testbed';
import { LUMA, lumaNode, node, to } from '../../support/n8n/workflows';

let testbed: Testbed;
beforeAll(async () => {
	testbed = await joinTestbed();
});
afterAll(async () => await testbed?.close());

describe('the node that n8n offers to agents', () => {
	let tool: NodeType;
	beforeAll(async () => {
		const types = await testbed.client.nodeTypes();
		tool = types.find(({ name }) => name === 'n8n-nodes-piapi-luma.lumaTool')!;
	});
	/** A field of Text to Video, or of all operations. */
	const field = (name: string): NodeField =>
		tool.properties.find(
			({ name: candidate, displayOptions }) =>
				candidate === name && (displayOptions?.show?.operation?.includes('textToVideo') ?? true),
		)!;
	const valuesOf = (name: string) => field(name).options?.map(({ value }) => value);

	test('is a tool, and its description says what it is good for', () => {
		expect(tool.displayName).toBe('Luma Dream Machine Tool');
		expect(tool.outputs).toEqual(['ai_tool']);
		expect(field('toolDescription')).toBeDefined();
		expect(tool.description).toMatch(/videos from text or images/i);
	});

	test('says in every field that a model fills in what the unit is and what is allowed', () => {
		expect(field('prompt').description).toMatch(/what the video shows.*words/i);
		expect(field('duration').description).toMatch(/in seconds, 5 or 10/i);
		expect(valuesOf('duration')).toEqual([5, 10]);
		expect(field('aspectRatio').description).toMatch(/width to height/i);
		expect(valuesOf('aspectRatio')).toEqual(['1:1', '16:9', '21:9', '3:4', '4:3', '9:16']);
	});

	test('lets no model decide what it may spend', () => {
		const guards = ['keepBalanceUsd', 'maxSpendUsd', 'numberOfVideos'];
		const shown = field('options').options!.filter(
			({ name, displayOptions }) =>
				guards.includes(name) && !displayOptions?.hide?.['@tool']?.includes(true),
		);
		expect(shown.map(({ name }) => name).sort()).toEqual(guards);
		// By this n8n's editor knows where it may not offer to hand a field to the model.
		expect(shown.every(({ noDataExpression }) => noDataExpression)).toBe(true);
	});

	test('has an action for each operation, from which n8n describes to the model what the tool does', () => {
		const operations = tool.properties.filter(({ name }) => name === 'operation');
		const actions = operations.flatMap(({ options = [] }) => options.map(({ action }) => action));
		expect(actions).toContain('Create video from text');
		expect(actions).not.toContain(undefined);
	});
});

/** Hands the node to agents of any kind: n8n's MCP Server Trigger lists and calls it as a tool. */
function toolWorkflow(credential: StoredCredential, path: string) {
	const trigger = node('Tools', '@n8n/n8n-nodes-langchain.mcpTrigger', 2, { path });
	const prompt = "={{ $fromAI('prompt', 'what the video shows', 'string') }}";
	const type = 'n8n-nodes-piapi-luma.lumaTool';
	return {
		name: 'Tools',
		nodes: [
			{ ...trigger, webhookId: path },
			lumaNode(credential, { type, parameters: { prompt } }),
		],
		connections: { [LUMA]: to('Tools', 'ai_tool') },
		settings: { executionOrder: 'v1' },
	};
}

/** As much of the Model Context Protocol (over HTTP) as it takes to list and to call tools. */
async function openMcp(url: string) {
	const headers = { accept: 'application/json, text/event-stream', 'mcp-session-id': '' };
	const ask = async (method: string, params: object): Promise<Answer> => {
		const body = { jsonrpc: '2.0', id: 1, method, params };
		const response = await post(url, body, headers);
		headers['mcp-session-id'] ||= response.headers.get('mcp-session-id') ?? '';
		const text = await response.text();
		// The answer comes as the only event of a stream.
		return (JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? text) as { result: Answer }).result;
	};
	const clientInfo = { name: 'test', version: '1' };
	await ask('initialize', { protocolVersion: '2025-03-26', capabilities: {}, clientInfo });
	return ask;
}

interface Answer {
	tools: Array<{ name: string; description: string; inputSchema: { properties: object } }>;
	isError?: boolean;
	content: Array<{ text: string }>;
}

test('an agent finds the tool, asks for a video and gets its address', async () => {
	const credential = await testbed.credentialWith(RIGHT_KEY);
	const path = 'luma-tools';
	const workflow = await testbed.client.createWorkflow(toolWorkflow(credential, path));
	await testbed.client.activate(workflow);
	const mcp = await openMcp(`${testbed.client.url}/mcp/${path}`);

	const [tool] = (await mcp('tools/list', {})).tools;
	expect(tool.description).toBe('Create video from text in Luma Dream Machine');
	expect(tool.inputSchema.properties).toEqual({
		prompt: { type: 'string', description: 'what the video shows' },
	});

	const prompt = 'A paper boat drifts down a gutter';
	const asked = { name: tool.name, arguments: { prompt } };
	const { isError, content } = await mcp('tools/call', asked);
	expect(isError).not.toBe(true);
	expect(content[0].text).toContain('completed');

	const [task] = testbed.simulator.tasks.values();
	expect(task.input.prompt).toBe(prompt);
	expect(content[0].text).toContain(task.taskId);
	expect(content[0].text).toContain(`${testbed.simulator.baseUrl}/media/`);
	expect(testbed.simulator.tasks.size).toBe(1);
});
