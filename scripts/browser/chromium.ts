/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { existsSync } from 'node:fs';
import { chromium, selectors, type Browser, type BrowserContext } from 'playwright-core';

import type { N8nClient } from '../n8n/rest';

/** Debian's Chromium, or another one. */
const PROGRAM = process.env.CHROMIUM || '/usr/bin/chromium';
const INSTALL_HINT =
	'Chromium is missing: install it with "apt-get install chromium", or name another one in CHROMIUM.';

// n8n shows all of an output panel's tabs from this width on.
const SIZE = { width: 1440, height: 810 };
const TIMEOUT_MS = 300_000;

export async function launchChromium(): Promise<Browser> {
	if (!existsSync(PROGRAM)) throw new Error(INSTALL_HINT);
	selectors.setTestIdAttribute('data-test-id');
	return await chromium.launch({
		executablePath: PROGRAM,
		// No fonts, no icons, no telemetry from elsewhere.
		args: ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1'],
	});
}

/** Pages that belong to the owner of this n8n. */
export async function logIn(browser: Browser, client: N8nClient): Promise<BrowserContext> {
	const context = await browser.newContext({ viewport: SIZE, baseURL: client.url });
	context.setDefaultTimeout(TIMEOUT_MS);

	// n8n accepts the cookie only together with the browser id it was given for.
	const { browserId, cookie } = client.login;
	const content = `localStorage.setItem('n8n-browserId', ${JSON.stringify(browserId)});`;
	await context.addInitScript({ content });
	const [name, value] = cookie.split('=');
	await context.addCookies([{ name, value, url: client.url }]);
	return context;
}
