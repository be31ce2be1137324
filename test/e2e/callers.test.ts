import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import type { StoredCredential } from '../../scripts/n8n/answers';
import { startMockServer, type MockServer } from '../../support/mockServer';
import { activate, run, startRun, untilStatus } from '../../support/n8n/runs';
import { joinTestbed } from '../../support/n8n/sharedN8n';
import { RIGHT_KEY, type Testbed } from '../../support/n8n/testbed';
import {
	lumaNode,
	node,
	to,
	videoWorkflow,
	webhookWorkflow,
	type LumaSettings,
} from '../../support/n8n/workflows';
import { chatAnswer, type ChatRequest } from '../../support/n8n/chatModel';

const SUSPEND: LumaSettings = { parameters: { waitMode: 'callback' } };
const PROMPT = 'A paper boat drifts down a gutter';

let testbed: Testbed;
let credential: StoredCredential;
let model: MockServer;
beforeAll(async () => {
	testbed = await joinTestbed({ simulator: { queueSeconds: 0, renderSeconds: Infinity } });
	credential = await testbed.credentialWith(RIGHT_KEY);
	model = await startMockServer(({ content }) =>
		chatAnswer(JSON.parse(content.toString()) as ChatRequest, [{ query: PROMPT }], isContent),
	);
});
afterAll(async () => {
	await model?.close();
	await testbed?.close();
});

/** A chat model calls its tool again while that speaks of an error, four times at most. */
function isContent(said: string[]): boolean {
	return said.length >= 4 || (said.length > 0 && !/error/i.test(said[said.length - 1]));
}

let before: number;
beforeEach(() => void (before = testbed.simulator.tasks.size));
const tasksMade = () => [...testbed.simulator.tasks.values()].slice(before);
const endVideo = () => testbed.simulator.complete(tasksMade()[0]);

describe('a workflow that suspends its execution', () => {
	test('answers a caller that would try again with its items: one video', async () => {
		const called = videoWorkflow(credential, SUSPEND);
		await activate(testbed.client, called);
		const request = node('Call', 'n8n-nodes-base.httpRequest', 4.2, {
			method: 'POST',
			url: `${testbed.client.url}/webhook/${called.path}`,
			sendBody: true,
			specifyBody: 'json',
			jsonBody: JSON.stringify({ prompts: [PROMPT] }),
			options: {},
		});
		const caller = { ...request, retryOnFail: true, maxTries: 3, waitBetweenTries: 10 };
		const calling = webhookWorkflow('allEntries', [caller]);
		const { status, items } = await run(testbed.client, calling, {});

		expect(status).toBe(200);
		expect(items).toEqual([
			expect.objectContaining({ taskId: expect.any(String), status: 'waiting' }),
		]);
		expect(tasksMade()).toHaveLength(1);
	});

	test('answers its own caller, and goes on once with the video', async () => {
		const workflow = videoWorkflow(credential, SUSPEND);
		const call = await startRun(testbed.client, workflow, { prompts: [PROMPT] });
		const response = await call.response;
		expect([response.status, await response.json()]).toEqual([
			200,
			[expect.objectContaining({ status: 'waiting' })],
		]);

		await untilStatus(testbed.client, call, 'waiting');
		endVideo();
		const { data } = await untilStatus(testbed.client, call, 'success');
		const runs = data.resultData.runData['Luma Dream Machine'];
		expect(runs).toHaveLength(1);
		expect(runs[0].data!.main[0]!.map(({ json }) => json.status)).toEqual(['completed']);
		expect(tasksMade()).toHaveLength(1);
	});

	test('is a tool that an agent calls once: one video', async () => {
		const { client } = testbed;
		const tool = await client.createWorkflow(toolOf(credential));
		await client.activate(tool).catch(() => undefined);
		const access = { apiKey: 'none', url: `${model.url}/v1` };
		const key = await client.createCredential('Model', 'openAiApi', access);
		const call = await startRun(client, agentWith(tool.id, key), {});
		const response = await call.response;
		expect([response.status, await response.text()]).toEqual([
			200,
			expect.stringContaining('waiting'),
		]);
		expect(tasksMade()).toHaveLength(1);

		// n8n has the agent's execution wait for the one that its tool has suspended.
		endVideo();
		await untilStatus(client, call, 'success');
		expect(tasksMade()).toHaveLength(1);
	});
});

function toolOf(piapi: StoredCredential) {
	const trigger = node('Called', 'n8n-nodes-base.executeWorkflowTrigger', 1.1, {
		inputSource: 'workflowInputs',
		workflowInputs: { values: [{ name: 'query' }] },
	});
	const prompt = '={{ $json.query }}';
	const luma = lumaNode(piapi, { parameters: { ...SUSPEND.parameters, prompt } });
	return {
		name: 'Make a video',
		nodes: [trigger, luma],
		connections: { [trigger.name]: to(luma.name) },
		settings: { executionOrder: 'v1' },
	};
}

function agentWith(workflowId: string, { id, name }: StoredCredential) {
	const agent = node('Agent', '@n8n/n8n-nodes-langchain.agent', 2.2, {
		promptType: 'define',
		text: 'Make a video of a paper boat.',
		options: {},
	});
	const workflow = webhookWorkflow('allEntries', [agent]);
	const chatModel = node('Model', '@n8n/n8n-nodes-langchain.lmChatOpenAi', 1.2, {
		model: { __rl: true, mode: 'list', value: 'gpt-4.1-mini' },
		options: {},
	});
	chatModel.credentials = { openAiApi: { id, name } };
	const tool = node('Video', '@n8n/n8n-nodes-langchain.toolWorkflow', 2.2, {
		description: 'Makes a video',
		workflowId: { __rl: true, mode: 'id', value: workflowId },
		workflowInputs: {
			mappingMode: 'defineBelow',
			value: { query: "={{ $fromAI('query', 'what the video shows', 'string') }}" },
			schema: [{ id: 'query', displayName: 'query', type: 'string', display: true }],
			matchingColumns: [],
			attemptToConvertTypes: false,
			convertFieldsToString: false,
		},
	});
	return {
		...workflow,
		nodes: [...workflow.nodes, chatModel, tool],
		connections: {
			...workflow.connections,
			[chatModel.name]: to(agent.name, 'ai_languageModel'),
			[tool.name]: to(agent.name, 'ai_tool'),
		},
	};
}
