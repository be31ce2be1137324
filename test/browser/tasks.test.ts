import { afterAll, beforeAll, expect, test } from '@jest/globals';

import type { EditorPage } from '../../scripts/browser/editorPage';
import type { NodeDetails } from '../../scripts/browser/nodeDetails';
import { exampleWorkflow, withCredential } from '../../scripts/demo/editor';
import { createTask } from '../../support/engine/webhookRequests';
import { openBrowserSession, type BrowserSession } from '../../support/n8n/browserSession';
import { RIGHT_KEY, WRONG_KEY } from '../../support/n8n/testbed';
import { LUMA } from '../../support/n8n/workflows';

let show: BrowserSession;
beforeAll(async () => {
	show = await openBrowserSession();
});
afterAll(async () => await show?.close());

/** A step in the browser takes a busy machine a while. */
function browserTest(name: string, work: (editor: EditorPage) => Promise<void>): void {
	test(name, async () => await show.onPage(work));
}

const GET = { resource: 'task', operation: 'get' };

/** Creates a task at the simulated PiAPI, as anybody's workflow could have. */
async function create(prompt: string): Promise<string> {
	return await createTask(show.testbed.simulator.baseUrl, { apiKey: RIGHT_KEY, prompt });
}

interface OpenOptions {
	parameters: Record<string, unknown>;
	key?: string;
	asTool?: boolean;
}

async function openLumaNode(editor: EditorPage, options: OpenOptions): Promise<NodeDetails> {
	const { parameters, key = RIGHT_KEY, asTool = false } = options;
	const workflow = exampleWorkflow();
	const nodes = workflow.nodes.map((node) =>
		node.name === LUMA
			? { ...node, parameters, type: asTool ? `${node.type}Tool` : node.type }
			: node,
	);
	const credential = await show.testbed.credentialWith(key);
	const own = withCredential({ ...workflow, nodes }, credential);
	const { id } = await show.testbed.client.createWorkflow(own);
	await editor.open(id);
	return await editor.openNode(LUMA);
}

browserTest('an account without tasks, and a wrong key, are lines of the list', async (editor) => {
	const empty = await openLumaNode(editor, { parameters: GET });
	const line = await empty.openList('taskId');
	await line.getByText('There are no Luma tasks in this account yet').waitFor();

	const refused = await openLumaNode(editor, { parameters: GET, key: WRONG_KEY });
	await refused.openList('taskId');
	await refused.listMessage.getByText('PiAPI does not accept this key').waitFor();
	expect(await refused.listMessage.innerText()).toContain('Check the PiAPI key');
});

browserTest(
	'a task is chosen from the list after a search for a word of its prompt',
	async (editor) => {
		const goat = await create('A goat plays the fiddle');
		await create('A whale sings');

		const node = await openLumaNode(editor, { parameters: GET });
		const list = await node.openList('taskId');
		await list.getByText('A whale sings').waitFor();
		await node.searchList('fiddle');
		await list.getByText('A whale sings').waitFor({ state: 'detached' });
		await list.getByText('A goat plays the fiddle').click();
		await node.execute();
		await node.showOutputAs('schema');
		const taskId = node.outputField('taskId');
		await taskId.waitFor();
		expect(await taskId.innerText()).toContain(goat);
	},
);

browserTest("an agent's tool selects fields where a plain node has Simplify", async (editor) => {
	const plain = await openLumaNode(editor, { parameters: GET });
	expect(await plain.labels()).toContain('Simplify');
	expect(await plain.labels()).not.toContain('Output');

	const tool = await openLumaNode(editor, { parameters: GET, asTool: true });
	expect(await tool.labels()).toContain('Output');
	expect(await tool.labels()).not.toContain('Simplify');
	expect(await tool.labels()).not.toContain('Output Fields');
	await tool.choose('output', 'Selected Fields');
	await tool.choose('outputFields', 'Seed');
	expect(await tool.labels()).toEqual(
		expect.arrayContaining(['Output Fields', 'Status', 'Video URL', 'Seed']),
	);
});
