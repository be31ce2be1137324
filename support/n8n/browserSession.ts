/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/require-node-api-error */
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { launchChromium, logIn } from '../../scripts/browser/chromium';
import { EditorPage } from '../../scripts/browser/editorPage';
import type { TaskInput } from '../../simulator';
import { opening } from '../opening';
import { openTestbed, type Testbed } from './testbed';

/** The page of the last test that failed, at that moment. */
const FAILED = join(tmpdir(), 'luma-browser-failed.png');

/** A prompt with this in it is refused by the simulated PiAPI. */
export const REFUSED = 'pop star';

/** Where the world reaches this n8n, as far as n8n knows. */
export const PUBLIC_URL = 'https://n8n.example.com';

/** A real n8n with the package as npm would deliver it, and a browser that shows it. */
export interface BrowserSession {
	testbed: Testbed;
	/** Does something in a page of its own. */
	onPage(work: (editor: EditorPage) => Promise<void>): Promise<void>;
	close(): Promise<void>;
}

export async function openBrowserSession(): Promise<BrowserSession> {
	return await opening(async (closers) => {
		const browser = await launchChromium();
		closers.push(async () => await browser.close());
		const testbed = await openTestbed({
			simulator: { outcome: moderation },
			environment: { WEBHOOK_URL: `${PUBLIC_URL}/` },
		});
		closers.push(testbed.close);
		const context = await logIn(browser, testbed.client);
		const onPage: BrowserSession['onPage'] = async (work) => {
			const editor = new EditorPage(await context.newPage());
			try {
				await work(editor);
			} catch (error) {
				await editor.page.screenshot({ path: FAILED }).catch(() => undefined);
				throw error;
			} finally {
				await editor.page.close();
			}
		};
		return { testbed, onPage };
	});
}

function moderation({ prompt = '' }: TaskInput) {
	if (!prompt.includes(REFUSED)) return undefined;
	return {
		message: 'Your prompt was refused by moderation. Please change it and try again.',
		rawMessage: 'content moderation: 400 advanced moderation failed',
	};
}
