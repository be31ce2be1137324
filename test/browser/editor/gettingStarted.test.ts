import { expect } from '@jest/globals';

import { useBrowser } from '../../../support/n8n/browserTests';
import { RIGHT_KEY } from '../../../support/n8n/testbed';
import { LUMA } from '../../../support/n8n/workflows';

const PROMPT =
	'A red fox is trotting along a mossy log in a misty pine forest at dawn, camera trucks right, low golden sunlight';
const POINTS_PER_CENT = 100_000;
const A_VIDEO_CENTS = 20;

const { testbed, browserTest } = useBrowser();

browserTest('Getting started, step by step: each step costs what the page says', async (editor) => {
	const { simulator } = testbed();
	const { baseUrl } = simulator;
	let before = simulator.balancePoints;
	/** How many cents are gone from the account since the last look. */
	const spentCents = () => {
		const spent = (before - simulator.balancePoints) / POINTS_PER_CENT;
		before = simulator.balancePoints;
		return spent;
	};

	// 3. Find the node
	const clicks = await editor.startManually();
	await editor.searchBehind('When clicking ‘Execute workflow’', 'luma video');
	await editor.offer(LUMA).click();
	const node = await editor.add('Create video from text');

	// 4. Enter your key: the test is free
	const credential = await node.newCredential();
	await credential.fill({ apiKey: RIGHT_KEY });
	await credential.leadTo(baseUrl);
	await credential.save();
	expect(spentCents()).toBe(0);

	// From an empty canvas; the simulator takes a click more, since it is not PiAPI.
	expect(await clicks()).toBeLessThanOrEqual(10);

	// 5. Make a video: Dry Run is on once it is added, and creates nothing
	await node.fill('prompt', PROMPT);
	await node.addOption('Dry Run');
	await node.execute();
	await node.showOutputAs('schema');
	await node.outputField('expectedCostUsd').waitFor();
	expect(await node.outputField('expectedCostUsd').innerText()).toContain('0.2');
	expect(spentCents()).toBe(0);

	await node.removeOption('dryRun');
	await node.execute();
	const videoUrl = node.outputField('videoUrl');
	await videoUrl.waitFor();
	expect(await videoUrl.innerText()).toContain(`${baseUrl}/media/`);
	expect(spentCents()).toBe(A_VIDEO_CENTS);

	// 6. Pin it before you build on: the whole workflow runs without another video
	await node.output.getByTestId('ndv-pin-data').click();
	await node.output.getByTestId('ndv-pinned-data-callout').waitFor();
	await node.close();
	await editor.execute();
	expect(spentCents()).toBe(0);

	// 7. Watch it: downloading is free
	await editor.searchBehind('Create video from text', 'luma video');
	await editor.offer(LUMA).click();
	const download = await editor.add('Download video');
	await download.execute();
	await download.showOutputAs('binary');
	await download.viewFile();
	expect(await download.watchVideo(1)).toMatchObject({
		error: null,
		videoWidth: 320,
		videoHeight: 180,
	});
	expect(spentCents()).toBe(0);
});
