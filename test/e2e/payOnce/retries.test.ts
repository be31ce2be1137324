import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { outputOf, type StoredCredential, type WorkflowNode } from '../../../scripts/n8n/answers';
import { until } from '../../../support/eventually';
import { answer } from '../../../support/faults';
import { newInTest } from '../../../support/n8n/newInTest';
import { finished, run, startRun } from '../../../support/n8n/runs';
import { joinTestbed } from '../../../support/n8n/sharedN8n';
import { RIGHT_KEY, type Testbed } from '../../../support/n8n/testbed';
import { LUMA, lumaNode, node, videoWorkflow } from '../../../support/n8n/workflows';

const PROMPTS = [
	'A paper boat drifts down a gutter',
	'A kite climbs over a beach',
	'A cat yawns on a windowsill',
];
const [BOAT, KITE, CAT] = PROMPTS;

/** What the service makes of a prompt; a test may change it between two tries. */
const rejected = new Set<string>();
const neverStarts = 'A snail that stays in the queue';
const neverEnds = 'A glacier that renders for an hour';

let testbed: Testbed;
let credential: StoredCredential;
beforeAll(async () => {
	testbed = await joinTestbed({
		simulator: {
			queueSeconds: ({ prompt }) => (prompt === neverStarts ? Infinity : 0),
			renderSeconds: ({ prompt }) => (prompt === neverEnds ? Infinity : 0),
			outcome: ({ prompt }) =>
				rejected.has(String(prompt)) ? { message: 'prompt rejected', atOnce: true } : undefined,
		},
	});
	credential = await testbed.credentialWith(RIGHT_KEY);
});
afterAll(async () => await testbed?.close());

beforeEach(() => rejected.clear());
const { newTasks, newCalls } = newInTest(() => testbed.simulator);
/** What was ordered, in order of the alphabet: items are sent side by side. */
const prompts = () =>
	newCalls('create')
		.map(({ body }) => (body as { input: { prompt: string } }).input.prompt)
		.sort();

function balanceTooLowFor(prompt: string, calls: number[] | 'every' = 'every') {
	testbed.simulator.addFault({
		route: 'create',
		calls,
		when: ({ body }) => (body as { input: { prompt: string } }).input.prompt === prompt,
		effect: answer(402),
	});
}

describe("a person's retry from n8n's list of executions", () => {
	async function failThenRetry(repair: () => void, withCurrentWorkflow: boolean) {
		const { client } = testbed;
		const { execution } = await run(client, videoWorkflow(credential), { prompts: PROMPTS });
		expect(execution.status).toBe('error');
		expect(prompts()).toEqual([...PROMPTS].sort());
		const before = newTasks();

		repair();
		const retried = await client.retry(execution.id, withCurrentWorkflow);
		const videos = outputOf(retried, LUMA);
		expect(retried.status).toBe('success');
		expect(videos.map(({ prompt }) => prompt)).toEqual(PROMPTS);
		expect(videos.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed']);
		expect(prompts()).toEqual([...PROMPTS, CAT].sort());
		expect(newTasks().filter(({ chargedPoints }) => chargedPoints > 0)).toHaveLength(3);
		return { before, ids: videos.map(({ taskId }) => taskId) };
	}

	test('with the original workflow: the two videos paid for are used, the missing one is created', async () => {
		balanceTooLowFor(CAT);
		const { before, ids } = await failThenRetry(() => testbed.simulator.clearFaults(), false);

		expect(before).toHaveLength(2);
		expect(ids).toEqual(expect.arrayContaining(before.map(({ taskId }) => taskId)));
	});

	test('with the current workflow: a task that failed at once is created again, and only that one', async () => {
		rejected.add(CAT);
		const { before } = await failThenRetry(() => rejected.clear(), true);

		expect(before).toHaveLength(3);
	});
});

describe('a prompt that is corrected before a retry', () => {
	const asPrompt = (prompt: string) => ({ mode: 'raw', jsonOutput: JSON.stringify({ prompt }) });

	/** A node that brings the prompt, and the Luma node. */
	function promptedWorkflow(prompt: string) {
		const nodes = [
			node('Start', 'n8n-nodes-base.manualTrigger', 1, {}),
			node('Prompt', 'n8n-nodes-base.set', 3.4, asPrompt(prompt)),
			lumaNode(credential, {}),
		];
		const to = (name: string) => ({ main: [[{ node: name, type: 'main', index: 0 }]] });
		const connections = { Start: to('Prompt'), Prompt: to(LUMA) };
		return { name: `Corrected ${prompt}`, nodes, connections };
	}

	async function retryAfter(correct: (nodes: WorkflowNode[]) => WorkflowNode[]) {
		rejected.add(KITE);
		const workflow = await testbed.client.createWorkflow(promptedWorkflow(KITE));
		const failed = await testbed.client.runManually(workflow, 'Start');
		expect(failed.status).toBe('error');

		await testbed.client.changeNodes(workflow, correct(workflow.nodes));
		return await testbed.client.retry(failed.id, true);
	}
	const withParameters = (name: string, parameters: object) => (nodes: WorkflowNode[]) =>
		nodes.map((own) =>
			own.name === name ? { ...own, parameters: { ...own.parameters, ...parameters } } : own,
		);

	test('is seen where it stands in the Luma node', async () => {
		const retried = await retryAfter(withParameters(LUMA, { prompt: CAT }));
		expect(outputOf(retried, LUMA).map(({ prompt }) => prompt)).toEqual([CAT]);
	});

	test('is not seen in a node before it: n8n gives the old input again', async () => {
		const retried = await retryAfter(withParameters('Prompt', asPrompt(CAT)));
		expect(retried.status).toBe('error');
		expect(prompts()).toEqual([KITE, KITE]);
	});
});

describe("n8n's Retry On Fail", () => {
	const retryOnFail = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1000 };

	test('creates only what the try before could not', async () => {
		const ordinal = testbed.simulator.calls.filter(({ route }) => route === 'create').length;
		balanceTooLowFor(KITE, [ordinal + 1, ordinal + 2]);

		const { execution } = await run(testbed.client, videoWorkflow(credential, retryOnFail), {
			prompts: [BOAT, KITE],
		});

		expect(execution.status).toBe('success');
		expect(outputOf(execution, LUMA).map(({ prompt }) => prompt)).toEqual([BOAT, KITE]);
		expect(prompts()).toEqual([KITE, KITE, BOAT]);
		expect(newTasks()).toHaveLength(2);
	});

	test("takes a success for one: PiAPI's own task object is no reason for a second try", async () => {
		const settings = { ...retryOnFail, parameters: { simplify: false } };

		const { execution } = await run(testbed.client, videoWorkflow(credential, settings), {
			prompts: [BOAT],
		});

		expect(execution.status).toBe('success');
		expect(prompts()).toEqual([BOAT]);
	});
});

describe('an execution that a user stops', () => {
	test('ends without waiting for its videos; what has not started is cancelled, what has goes on, and the log names both', async () => {
		const call = await startRun(testbed.client, videoWorkflow(credential), {
			prompts: [neverStarts, neverEnds],
		});
		await until('one task is queued and one is rendered', () => {
			const statuses = newTasks().map(({ status }) => status);
			return statuses.includes('pending') && statuses.includes('processing');
		});
		const [queued, rendered] = [neverStarts, neverEnds].map(
			(prompt) => newTasks().find(({ input }) => input.prompt === prompt)!,
		);
		await until('the node waits', () => newCalls('read').length >= 2);

		const [{ id }] = await testbed.client.executions(call.workflowId);
		await testbed.client.stop(id);
		await call.response.catch(() => undefined);

		expect((await finished(testbed.client, call)).status).toBe('canceled');
		await until('the queued task is cancelled', () => queued.status === 'cancelled');
		expect(rendered.status).toBe('processing');
		expect(newCalls('cancel').map(({ taskId }) => taskId)).toEqual([queued.taskId]);
		await until('the log names both', () =>
			[queued, rendered].every(({ taskId }) => testbed.n8n.log().includes(taskId)),
		);
		expect(prompts()).toHaveLength(2);
	});
});
