import { expect } from '@jest/globals';

import { PUBLIC_URL, REFUSED } from '../../../support/n8n/browserSession';
import { useBrowser } from '../../../support/n8n/browserTests';

const { testbed, browserTest, openNode } = useBrowser();

browserTest(
	'Model offers the models in a list, and takes the ID of another one',
	async (editor) => {
		const node = await openNode(editor);
		await node.addOption('Model');
		const list = await node.openList('model');
		await list.getByText('Ray 1').click();
		await node.execute();
		await node.output.getByText('1 item').waitFor();
		const newest = [...testbed().simulator.tasks.values()].at(-1);
		expect(newest?.input.model).toBe('ray-v1');

		await node.writeId('model', 'ray-v99');
		await node.execute();
		await node.message.waitFor();
		// The simulated PiAPI has no such model, and says so.
		expect(await node.messageDescription.innerText()).toContain('input.model must be one of');
	},
);

browserTest(
	'an empty prompt is marked, and a refused one answered with the reason, the way on and the price',
	async (editor) => {
		const node = await openNode(editor);
		await node.fill('prompt', '');
		const issue = node.fields.getByTestId('parameter-issues').first();
		await issue.waitFor();
		await node.fill('prompt', `A ${REFUSED} waves at the camera`);
		// n8n takes a field over a moment later, and runs nothing that is marked.
		await issue.waitFor({ state: 'hidden' });
		await node.execute();

		await node.message.waitFor();
		expect(await node.message.innerText()).toMatch(/content check rejected this video/i);
		const description = await node.messageDescription.innerText();
		expect(description).toContain('refused by moderation');
		expect(description).toContain('Rephrase the prompt');
		expect(description).toContain('not charged');
	},
);

browserTest('the trigger shows the address that PiAPI is to call', async (editor) => {
	await editor.search('luma webhook');
	await editor.offer('Luma Dream Machine Webhook').click();
	const trigger = await editor.add('On video finished, instantly');
	expect(await trigger.productionUrl()).toMatch(
		new RegExp(`^${PUBLIC_URL}/webhook/[0-9a-f-]{36}/luma$`),
	);
});
