/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console */
/**
 * Takes the pictures of docs/pictures/ anew: `npm run pictures`. Needs Chromium: Debian's
 * (`apt install chromium`), or another one named by CHROMIUM.
 */
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';

import { openEditor, type Editor } from './demo/editor';
import { openSimulator } from './demo/service';
import { whenAskedToEnd } from './ending';
import { ensureN8n } from './n8n/install';
import { owner } from './n8n/rest';
import { repository } from './n8n/versions';
import { runQuietly } from './progress';

const FOLDER = join(repository, 'docs', 'pictures');
const LARGEST_KB = 150;
const SIZE = { width: 1280, height: 720 };

async function openBrowser(profile: string): Promise<BrowserContext> {
	return await chromium.launchPersistentContext(profile, {
		executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
		viewport: SIZE,
		deviceScaleFactor: 1,
		args: [
			'--headless',
			'--no-sandbox',
			'--disable-gpu',
			'--disable-quic',
			'--no-first-run',
			'--disable-background-networking',
			'--disable-component-update',
			'--disable-sync',
		],
	});
}

/** Logs the browser in; n8n accepts the cookie only together with the browser id it was given for. */
async function logIn(browser: BrowserContext, { client }: Editor): Promise<void> {
	// The output panel shows all fields below each other only as JSON or as a schema.
	const content = `
		localStorage.setItem('n8n-browserId', ${JSON.stringify(client.browserId)});
		localStorage.setItem('N8N_NDV_OUTPUT_PANEL_DISPLAY_MODE', 'schema');`;
	await browser.addInitScript({ content });
	const { email, password } = owner;
	await browser.request.post(`${client.url}/rest/login`, {
		headers: { 'browser-id': client.browserId },
		data: { emailOrLdapLoginId: email, password },
	});
}

/** The browser talks to this machine only: no fonts, no icons, no telemetry from elsewhere. */
async function stayHere(browser: BrowserContext): Promise<void> {
	await browser.route(
		(url) => !['localhost', '127.0.0.1'].includes(url.hostname),
		async (route) => await route.abort(),
	);
}

async function save(page: Page, name: string): Promise<void> {
	const path = join(FOLDER, name);
	await page.screenshot({ path, animations: 'disabled' });
	const kilobytes = Math.ceil(statSync(path).size / 1000);
	if (kilobytes > LARGEST_KB)
		throw new Error(`${name} has ${kilobytes} kB, more than ${LARGEST_KB}.`);
	console.log(`docs/pictures/${name}  ${kilobytes} kB`);
}

async function takePictures(editor: Editor, browser: BrowserContext): Promise<void> {
	const page = await browser.newPage();
	await page.goto(editor.url);
	await page.locator('[data-test-id^="execute-workflow-button"]').last().click();
	const message = page.getByText('Workflow executed successfully').first();
	await message.waitFor({ timeout: 60_000 });
	// The message covers a corner of the canvas for some seconds.
	await message.waitFor({ state: 'hidden' });
	await save(page, 'workflow.png');

	await page
		.locator('[data-test-id="canvas-node"][data-node-name="Luma Dream Machine"]')
		.dblclick();
	await page.getByText('videoUrl').first().waitFor();
	await save(page, 'node.png');
}

async function main(): Promise<void> {
	await ensureN8n('2.8');
	await runQuietly('npm', ['run', 'build'], { cwd: repository });
	mkdirSync(FOLDER, { recursive: true });
	const profile = mkdtempSync(join(tmpdir(), 'luma-pictures-'));

	const service = await openSimulator(2);
	const editor = await openEditor({ version: '2.8', service });
	const browser = await openBrowser(profile);
	try {
		await stayHere(browser);
		await logIn(browser, editor);
		await takePictures(editor, browser);
	} finally {
		await browser.close();
		await editor.n8n.stop();
		await service.close();
		rmSync(profile, { recursive: true, force: true });
	}
}

// The browser and n8n notice when this process is gone.
whenAskedToEnd((exitCode) => process.exit(exitCode));
main().catch((error: Error) => {
	console.error(error.message);
	process.exit(1);
});
