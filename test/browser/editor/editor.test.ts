import { expect } from '@jest/globals';

import { RIGHT_KEY } from '../../../support/n8n/testbed';
import { LUMA } from '../../../support/n8n/workflows';
import { PUBLIC_URL, REFUSED } from '../../../support/n8n/browserSession';
import { useBrowser } from '../../../support/n8n/browserTests';

const { testbed, browserTest, openLuma } = useBrowser();

browserTest('typing “luma video” finds the node, with its icon', async (editor) => {
	await editor.openNew();
	await editor.search('luma video');

	const offer = editor.offer(LUMA);
	await offer.waitFor();
	const icon = offer.locator('img').first();
	await icon.waitFor();
	// Rejects when the browser cannot show the picture.
	await icon.evaluate(async (image: { decode(): Promise<void> }) => await image.decode());
});

browserTest('a new node gets its credential and makes a video', async (editor) => {
	await editor.openNew();
	await editor.search('luma');
	await editor.offer(LUMA).click();
	// n8n merges a node with its trigger, and shows the description of the trigger for both.
	await editor.panel.getByText(/^Create videos with Luma/).waitFor();
	await editor.unfoldActions();
	const node = await editor.add('Create video from text');

	const credential = await node.newCredential();
	const { baseUrl } = testbed().simulator;
	await credential.fill({ apiKey: RIGHT_KEY });
	await credential.leadTo(baseUrl);
	await credential.save();
	expect(await credential.success.innerText()).toContain('Connection tested successfully');
	await credential.close();

	await node.write('prompt', 'A paper boat drifts down a gutter');
	await node.execute();
	await node.showOutputAs('schema');
	const videoUrl = node.outputField('videoUrl');
	await videoUrl.waitFor();
	expect(await videoUrl.innerText()).toContain(`${baseUrl}/media/`);
});

browserTest('with Binary Output, n8n shows the file and the browser plays it', async (editor) => {
	const node = await openLuma(editor);
	await node.addOption('Binary Output');
	await node.execute();
	await node.showOutputAs('binary');
	await node.viewFile();

	const player = await node.watchVideo(1);
	expect(player).toMatchObject({ error: null, videoWidth: 320, videoHeight: 180 });
	expect(player.currentTime).toBeGreaterThanOrEqual(1);
	expect(player.readyState).toBeGreaterThanOrEqual(2);
});

browserTest('Number of Videos makes that many videos of one item', async (editor) => {
	const tasksBefore = testbed().simulator.tasks.size;
	const node = await openLuma(editor);
	await node.addOption('Number of Videos');
	await node.writeNumber('numberOfVideos', 3);
	await node.execute();

	await node.output.getByText('3 items').waitFor();
	expect(testbed().simulator.tasks.size - tasksBefore).toBe(3);
});

browserTest(
	'Model offers the models in a list, and takes the ID of another one',
	async (editor) => {
		const modelOfNewestTask = () => [...testbed().simulator.tasks.values()].at(-1)?.input.model;
		const node = await openLuma(editor);
		await node.addOption('Model');
		const list = await node.openList('model');
		await list.getByText('Ray 1').click();
		await node.execute();
		await node.output.getByText('1 item').waitFor();
		expect(modelOfNewestTask()).toBe('ray-v1');

		await node.writeId('model', 'ray-v99');
		await node.execute();
		await node.message.waitFor();
		// The simulated PiAPI has no such model, and says so.
		expect(await node.messageDescription.innerText()).toContain('input.model must be one of');
	},
);

browserTest('an empty prompt is marked', async (editor) => {
	const node = await openLuma(editor);
	await node.write('prompt', '');
	await node.issues.first().waitFor();
});

browserTest(
	'a prompt whose expression gives only blanks is answered with what to do, and nothing is paid',
	async (editor) => {
		const tasksBefore = testbed().simulator.tasks.size;
		const node = await openLuma(editor, { parameters: { prompt: '={{ " " }}' } });
		await node.execute();
		await node.message.waitFor();
		expect(await node.message.innerText()).toContain('The prompt is empty');
		expect(await node.messageDescription.innerText()).toContain(
			'Describe what the video should show',
		);
		expect(testbed().simulator.tasks.size).toBe(tasksBefore);
	},
);

browserTest(
	'a refused prompt is answered with the reason, the way on and the price',
	async (editor) => {
		const node = await openLuma(editor);
		await node.write('prompt', `A ${REFUSED} waves at the camera`);
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
	await editor.openNew();
	await editor.search('luma webhook');
	await editor.offer('Luma Dream Machine Webhook').click();
	const trigger = await editor.add('On video finished, instantly');
	expect(await trigger.productionUrl()).toMatch(
		new RegExp(`^${PUBLIC_URL}/webhook/[0-9a-f-]{36}/luma$`),
	);
});
