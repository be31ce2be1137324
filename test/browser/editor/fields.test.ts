/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { expect } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { NodeDetails } from '../../../scripts/browser/nodeDetails';
import { useBrowser } from '../../../support/n8n/browserTests';
import { until } from '../../../support/eventually';
import { startMockServer } from '../../../support/mockServer';

const { testbed, browserTest, openNode } = useBrowser();

/** The labels that are shown, of those that are asked about. */
async function shownOf(node: NodeDetails, labels: string[]): Promise<string[]> {
	return (await node.labels()).filter((label) => labels.includes(label));
}

browserTest(
	'Guided shows its parts at once, and the prompt that they make after the run',
	async (editor) => {
		const parts = ['Subject', 'Action', 'Setting', 'Camera', 'Lighting', 'Style'];
		const node = await openNode(editor);
		await node.choose('promptMode', 'Guided');
		expect(await shownOf(node, [...parts, 'Secondary Motion', 'Details'])).toEqual(parts);

		await node.fill('subject', 'a barista');
		await node.fill('action', 'is pouring milk');
		await node.execute();
		await node.hints.getByText('A barista is pouring milk.').waitFor();
	},
);

browserTest(
	'Storyboard shows a first scene, and tells in time that three need 10 seconds',
	async (editor) => {
		const parts = ['Shared Subject', 'Style', 'Scene'];
		const node = await openNode(editor);
		await node.choose('promptMode', 'Storyboard');
		// The scenes are shown a moment after the other parts.
		await until('all parts', async () => (await shownOf(node, parts)).length >= parts.length);
		expect(await shownOf(node, parts)).toEqual(parts);

		const addScene = node.fields.getByText('Add scene', { exact: true });
		await addScene.click();
		await addScene.click();
		await node.hints.getByText("'Duration' of 10 seconds").waitFor();
		await node.choose('duration', '10 Seconds');
		await node.hints.first().waitFor({ state: 'hidden' });
		await addScene.click();
		await node.hints.getByText('2.5 seconds each').waitFor();
	},
);

browserTest('Callback URL is right below Do Not Wait', async (editor) => {
	const node = await openNode(editor);
	expect(await shownOf(node, ['Callback URL'])).toEqual([]);
	await node.choose('waitMode', 'Do Not Wait');

	const labels = await shownOf(node, ['Wait Mode', 'Callback URL', 'Simplify']);
	expect(labels).toEqual(['Wait Mode', 'Callback URL', 'Simplify']);
});

browserTest('Match Start Image gives the video the form of its picture', async (editor) => {
	const portrait = readFileSync(join(__dirname, '../../../simulator/media/9x16.thumbnail.jpg'));
	const host = await startMockServer(() => portrait);
	try {
		const node = await openNode(editor);
		await node.choose('operation', 'Image to Video');
		expect(await shownOf(node, ['Duration'])).toEqual([]);
		await node.fill('startImageUrl', `${host.url}/photo.jpg`);
		await node.choose('aspectRatio', 'Match Start Image');
		await node.execute();
		await node.showOutputAs('schema');
		await node.outputField('videoUrl').waitFor();

		const newest = [...testbed().simulator.tasks.values()].at(-1);
		expect(newest?.input).toMatchObject({ aspect_ratio: '9:16', duration: 5 });
	} finally {
		await host.close();
	}
});
