/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console */
/**
 * npm run pictures [-- workflow ...]: takes the pictures of docs/pictures/ anew, from what the browser
 * tests prove, or only those of the workflows that are named. Needs Chromium.
 */
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import type { PageScreenshotOptions } from 'playwright-core';

import { ensureBuilt } from './build';
import type { EditorPage } from './browser/editorPage';
import { exampleFile, exampleNames, withCredential } from './demo/editor';
import { endWith, whenAskedToEnd } from './ending';
import type { WorkflowFile } from './n8n/answers';
import { ensureN8n } from './install';
import { chosenVersion, repository } from './n8n/versions';
import { RIGHT_KEY } from '../support/n8n/testbed';
import { LUMA } from '../support/n8n/workflows';
import { openBrowserSession, REFUSED, type BrowserSession } from '../support/n8n/browserSession';

const FOLDER = join(repository, 'docs', 'pictures');
const LARGEST_KB = 150;
/** Enough to show every example at its full size or nearly so. */
const ROOM_FOR_WORKFLOW = { width: 1440, height: 1200 };

/** Pixels: room for a node's name, which is below it. */
const AROUND_WORKFLOW = 64;

const TEXT_TO_VIDEO = 'Create video from text';

/** n8n's passing messages cover a corner of the page. */
const WITHOUT_MESSAGES = '.el-notification { visibility: hidden !important; }';

/** The buttons and tabs that float over the canvas. */
const WITHOUT_BUTTONS = `
	.vue-flow__panel,
	[role="radiogroup"],
	[class*="_executionButtons_"],
	[class*="_nodeButtonsWrapper_"] { visibility: hidden !important; }`;

async function save(
	{ page }: EditorPage,
	name: string,
	options: PageScreenshotOptions = { style: WITHOUT_MESSAGES },
): Promise<void> {
	const path = join(FOLDER, `${name}.png`);
	await page.screenshot({ path, animations: 'disabled', ...options });
	const kilobytes = Math.ceil(statSync(path).size / 1000);
	if (kilobytes > LARGEST_KB)
		throw new Error(`${name}.png has ${kilobytes} kB, more than ${LARGEST_KB}.`);
	console.log(`docs/pictures/${name}.png  ${kilobytes} kB`);
}

async function pictureFirstSteps(editor: EditorPage, { testbed }: BrowserSession): Promise<void> {
	await editor.search('luma video');
	await editor.offer(LUMA).waitFor();
	await save(editor, 'find');

	await editor.offer(LUMA).click();
	await editor.unfoldActions();
	await editor.offer(TEXT_TO_VIDEO).scrollIntoViewIfNeeded();
	await save(editor, 'actions');

	const node = await editor.add(TEXT_TO_VIDEO);
	const window = await node.newCredential();
	await window.fill({ apiKey: RIGHT_KEY });
	await save(editor, 'credential');
	await window.leadTo(testbed.simulator.baseUrl);
	await window.save();
}

async function pictureExample(editor: EditorPage, id: string): Promise<void> {
	await editor.open(id);
	await editor.execute();
	// The line behind the last node gets its count a moment after the others.
	await editor.canvas.getByText('1 item').nth(2).waitFor();
	await save(editor, 'workflow');

	const node = await editor.openNode(LUMA);
	await node.showOutputAs('schema');
	await node.outputField('videoUrl').waitFor();
	await save(editor, 'node');

	await node.addOption('Binary Output');
	await node.execute();
	await node.showOutputAs('binary');
	await node.viewFile();
	await node.watchVideo(2);
	await save(editor, 'video');
}

async function pictureMessage(editor: EditorPage, id: string): Promise<void> {
	await editor.open(id);
	const node = await editor.openNode(LUMA);
	await node.fill('prompt', `A ${REFUSED} waves at the camera on a stage full of lights`);
	await node.execute();
	await node.message.waitFor();
	await save(editor, 'message');
}

async function pictureTrigger(editor: EditorPage): Promise<void> {
	await editor.search('luma webhook');
	await editor.offer('Luma Dream Machine Webhook').click();
	const trigger = await editor.add('On video finished, instantly');
	await trigger.productionUrl();
	await save(editor, 'trigger');
}

async function pictureWorkflow(editor: EditorPage, id: string, name: string): Promise<void> {
	await editor.page.setViewportSize(ROOM_FOR_WORKFLOW);
	await editor.open(id);
	const button = editor.page.getByTestId('zoom-to-fit');
	await button.click();
	await button.blur();
	const node = await editor.nodes.first().elementHandle();
	await node?.waitForElementState('stable');
	await save(editor, name, { clip: await areaOf(editor), style: WITHOUT_BUTTONS });
}

/** The part of the canvas that the workflow takes up with its notes, and some space around it. */
async function areaOf({ canvas, nodes }: EditorPage): Promise<PageScreenshotOptions['clip']> {
	const parts = await nodes.or(canvas.getByTestId('canvas-handle-plus')).all();
	const boxes = await Promise.all([canvas, ...parts].map((part) => part.boundingBox()));
	const [whole, ...areas] = boxes.map((box) => box!);
	const x = Math.max(whole.x, Math.min(...areas.map((area) => area.x)) - AROUND_WORKFLOW);
	const y = Math.max(whole.y, Math.min(...areas.map((area) => area.y)) - AROUND_WORKFLOW);
	const right = Math.max(...areas.map((area) => area.x + area.width)) + AROUND_WORKFLOW;
	const bottom = Math.max(...areas.map((area) => area.y + area.height)) + AROUND_WORKFLOW;
	const width = Math.min(right, whole.x + whole.width) - x;
	const height = Math.min(bottom, whole.y + whole.height) - y;
	return { x, y, width, height };
}

/** @param names of the workflows; none for all of them and the other pictures */
async function takePictures(show: BrowserSession, names: string[]): Promise<void> {
	const { testbed, onPage } = show;
	const credential = await testbed.credentialWith(RIGHT_KEY);
	const create = async (file: WorkflowFile) =>
		(await testbed.client.createWorkflow(withCredential(file, credential))).id;

	if (names.length === 0) {
		await onPage(async (editor) => await pictureFirstSteps(editor, show));
		// The editor saves what is changed in one, so each picture has its own.
		await onPage(async (editor) => await pictureExample(editor, await create(exampleFile())));
		await onPage(async (editor) => await pictureMessage(editor, await create(exampleFile())));
		await onPage(pictureTrigger);
	}
	for (const name of names.length > 0 ? names : exampleNames) {
		const id = await create(exampleFile(name));
		await onPage(async (editor) => await pictureWorkflow(editor, id, join('workflows', name)));
	}
}

async function main(names: string[]): Promise<void> {
	await ensureN8n(chosenVersion());
	await ensureBuilt();
	mkdirSync(join(FOLDER, 'workflows'), { recursive: true });

	const show = await openBrowserSession();
	await takePictures(show, names).finally(show.close);
}

// The browser and n8n notice when this process is gone.
whenAskedToEnd((exitCode) => process.exit(exitCode));
endWith(main(process.argv.slice(2)));
