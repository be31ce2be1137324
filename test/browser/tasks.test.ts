import { expect } from '@jest/globals';

import { createTask } from '../../support/engine/webhookRequests';
import { useBrowser } from '../../support/n8n/browserTests';
import { RIGHT_KEY, WRONG_KEY } from '../../support/n8n/testbed';

const { testbed, browserTest, openNode } = useBrowser();

const GET = { resource: 'task', operation: 'get' };

/** Creates a task at the simulated PiAPI, as anybody's workflow could have. */
async function create(prompt: string): Promise<string> {
	return await createTask(testbed().simulator.baseUrl, { apiKey: RIGHT_KEY, prompt });
}

browserTest('an account without tasks, and a wrong key, are lines of the list', async (editor) => {
	const empty = await openNode(editor, { parameters: GET });
	const line = await empty.openList('taskId');
	await line.getByText('There are no Luma tasks in this account yet').waitFor();

	const refused = await openNode(editor, { parameters: GET, key: WRONG_KEY });
	await refused.openList('taskId');
	const message = editor.page.getByTestId('rlc-error-container');
	await message.getByText('PiAPI does not accept this key').waitFor();
	expect(await message.innerText()).toContain('Check the PiAPI key');
});

browserTest(
	'a task is chosen from the list after a search for a word of its prompt',
	async (editor) => {
		const goat = await create('A goat plays the fiddle');
		await create('A whale sings');

		const node = await openNode(editor, { parameters: GET });
		const list = await node.openList('taskId');
		await list.getByText('A whale sings').waitFor();
		await editor.page.getByTestId('rlc-search').fill('fiddle');
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
	const plain = await openNode(editor, { parameters: GET });
	expect(await plain.labels()).toContain('Simplify');
	expect(await plain.labels()).not.toContain('Output');

	const tool = await openNode(editor, { parameters: GET, asTool: true });
	expect(await tool.labels()).toContain('Output');
	expect(await tool.labels()).not.toContain('Simplify');
	expect(await tool.labels()).not.toContain('Output Fields');
	await tool.choose('output', 'Selected Fields');
	await tool.choose('outputFields', 'Seed');
	expect(await tool.labels()).toEqual(
		expect.arrayContaining(['Output Fields', 'Status', 'Video URL', 'Seed']),
	);
});
