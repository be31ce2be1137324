import { expect } from '@jest/globals';
import type { Locator } from 'playwright-core';

import type { NodeDetails } from '../../../scripts/browser/nodeDetails';
import type { FaultEffect } from '../../../simulator';
import { rewriting } from '../../../support/faults';
import { useBrowser } from '../../../support/n8n/browserTests';
import { WRONG_KEY } from '../../../support/n8n/testbed';
import { LUMA } from '../../../support/n8n/workflows';

const { testbed, browserTest, openNode } = useBrowser();

/** Rejects when the browser cannot show the picture. */
async function expectShown(picture: Locator): Promise<void> {
	await picture.evaluate(async (image: { decode(): Promise<void> }) => await image.decode());
}

browserTest('everything that people type who want a video finds the node', async (editor) => {
	const words = [
		...['create video', 'generate video', 'make video', 'video from text', 'text to video'],
		...['photo to video', 'picture to video', 'image to video', 'animate', 'AI video'],
		...['reel', 'reels', 'shorts', 'TikTok', 'Instagram', 'clip', 'film'],
	];
	await editor.search('luma video');
	const icon = editor.offer(LUMA).locator('img').first();
	await icon.waitFor();
	await expectShown(icon);
	for (const typed of words) {
		await editor.searchFor('there is no such node');
		await editor.offer(LUMA).waitFor({ state: 'detached' });
		await editor.searchFor(typed);
		await editor.offer(LUMA).waitFor();
	}
});

browserTest('what most people want stands first among the actions', async (editor) => {
	await editor.search('make video');
	await editor.offer(LUMA).first().click();
	// n8n merges a node with its trigger, and shows the description of the trigger for both.
	await editor.panel.getByText(/^Create videos with Luma/).waitFor();
	await editor.unfoldActions();
	await editor.offer('Create video from text').waitFor();
	const shown = (await editor.panel.innerText()).split('\n').map((line) => line.trim());
	const actions = ['Create video from text', 'Create video from image', 'Get task', 'Get account'];
	expect(shown.filter((line) => actions.includes(line))).toEqual(actions);
});

browserTest(
	'the credential asks for the key, and says of a wrong one what to do',
	async (editor) => {
		await editor.startManually();
		await editor.searchBehind('When clicking ‘Execute workflow’', 'luma video');
		await editor.offer(LUMA).first().click();
		const node = await editor.add('Get account');
		const credential = await node.newCredential();
		await credential.window.getByText('API Key').first().waitFor();
		const atFirst = await credential.window.innerText();
		expect(atFirst).not.toMatch(/Base URL|Webhook Secret/);

		await credential.fill({ apiKey: WRONG_KEY });
		await credential.leadTo(testbed().simulator.baseUrl);
		expect(await credential.window.innerText()).toContain('Webhook Secret');
		await credential.saveButton.click();
		await credential.window.getByText('More details').click();
		await credential.window.getByText('Check the PiAPI key').first().waitFor();
	},
);

browserTest('the next node offers videoUrl before anything has run', async (editor) => {
	const before = testbed().simulator.tasks.size;
	const next = await openNode(editor, { name: 'Write Post Text' });
	await next.inputField('videoUrl').waitFor();
	await next.inputField('costUsd').waitFor();
	expect(testbed().simulator.tasks.size).toBe(before);
});

browserTest(
	'each wait mode says what leaving the page means, in no mode that one may pay twice',
	async (editor) => {
		const node = await openNode(editor);
		await node.notice('listed under Executions').waitFor();
		await node.choose('waitMode', 'Do Not Wait');
		await node.notice('The run ends at once').waitFor();
		await node.choose('waitMode', 'Suspend Until Callback');
		await node.notice('listed as Waiting').waitFor();
		expect(await node.notice('').count()).toBe(1);
	},
);

browserTest('advice about a prompt stands beside it while it is written', async (editor) => {
	const parameters = { prompt: 'A beautiful fox without a tail' };
	const node = await openNode(editor, { parameters });
	await node.hints.getByText('what a prompt rules out').waitFor();
	await node.hints.getByText('words such as "beautiful"').waitFor();
	await node.fill('prompt', 'A red fox is trotting along a ridge');
	await node.hints.first().waitFor({ state: 'hidden' });
});

browserTest('a suspended node says what it waits for, and until when', async (editor) => {
	const parameters = { waitMode: 'callback', options: { timeoutMinutes: 7 } };
	const node = await openNode(editor, { parameters });
	await node.execute();
	await node.output.getByText(/Waiting for PiAPI.* 7 minutes/).waitFor();
});

async function hintAfterRun(node: NodeDetails) {
	await node.execute();
	const hint = node.hints.filter({ hasText: 'Watch' });
	await hint.waitFor();
	return hint;
}

browserTest('the output shows each video of an item with its image and a link', async (editor) => {
	const { tasks } = testbed().simulator;
	const before = tasks.size;
	const node = await openNode(editor);
	await node.addOption('Number of Videos');
	await node.fill('numberOfVideos', '2');
	const hint = await hintAfterRun(node);

	expect(tasks.size - before).toBe(2);
	const images = await hint.locator('a[target="_blank"] img').all();
	expect(images).toHaveLength(2);
	await Promise.all(images.map(expectShown));
	const link = hint.getByText('Watch video 2 of 2');
	expect(await link.getAttribute('href')).toMatch(/\/media\/.*\.mp4$/);
	expect(await hint.innerText()).toContain('$0.40');
});

browserTest('what a prompt holds stays text in the output', async (editor) => {
	const trick = '<img src=x onerror="document.title=1"><a href="https://example.com">click</a>';
	const parameters = { promptMode: 'guided', guided: { subject: `a fox ${trick}` } };
	const node = await openNode(editor, { parameters });
	await hintAfterRun(node);
	const all = (await node.hints.allInnerTexts()).join('\n');
	expect(all).toContain('<img src=x');
	expect(await node.hints.locator('a[href*="example.com"], img[src="x"]').count()).toBe(0);
});

/** PiAPI's answer about a finished task, with this in place of both links. */
function linkedTo(link: string): FaultEffect {
	const output = { video: link, thumbnail: link };
	return rewriting<{ status: string }>((data) =>
		data.status === 'completed' ? { ...data, output } : data,
	);
}

browserTest('what PiAPI gives out as a link stays a link', async (editor) => {
	const { simulator } = testbed();
	const trick = `https://files.example.com/"><b class="trick" onmouseover="alert(1)">'.mp4`;
	simulator.addFault({ route: 'read', calls: 'every', effect: linkedTo(trick) });
	try {
		const hint = await hintAfterRun(await openNode(editor));
		expect(await hint.locator('a').getAttribute('href')).toBe('https://files.example.com/');
		expect(await hint.locator('.trick, [onmouseover]').count()).toBe(0);
	} finally {
		simulator.clearFaults();
	}
});

browserTest('no model decides what an agent may spend', async (editor) => {
	const guards = { maxSpendUsd: 0.4, keepBalanceUsd: 1, numberOfVideos: 2 };
	const parameters = { options: { ...guards, seed: 1 } };
	const tool = await openNode(editor, { parameters, asTool: true });
	await tool.modelButton('seed').first().waitFor({ state: 'attached' });
	for (const guard of Object.keys(guards)) {
		expect(await tool.modelButton(guard).count()).toBe(0);
	}
});
