/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { N8nClient, type Login } from '../../scripts/n8n/rest';
import { LOG_FILE } from '../../scripts/n8n/supervisedProcess';
import { chosenVersion } from '../../scripts/n8n/versions';
import {
	credentialsOf,
	openSimulator,
	openTestbed,
	type Testbed,
	type TestbedOptions,
} from './testbed';

/** The n8n that all end-to-end tests of a run use which do not have to kill it or to set it up. */
interface SharedN8n {
	url: string;
	userFolder: string;
	login: Login;
}

const VARIABLE = 'LUMA_SHARED_N8N';

/** Jest's global setup: starts it once, for the processes that run the test files. */
export async function startSharedN8n(): Promise<{ stop(): Promise<void> }> {
	const environment = { N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem' };
	const { n8n, client, close } = await openTestbed({ environment });
	const shared: SharedN8n = { url: n8n.url, userFolder: n8n.userFolder, login: client.login };
	process.env[VARIABLE] = JSON.stringify(shared);
	return { stop: close };
}

/** The shared n8n, and a simulated PiAPI for the tests of one file. */
export async function joinTestbed(
	options: Pick<TestbedOptions, 'simulator'> = {},
): Promise<Testbed> {
	const { [VARIABLE]: shared } = process.env;
	if (!shared) throw new Error('No n8n is shared here: run the tests of the project e2e.');
	const { url, userFolder, login } = JSON.parse(shared) as SharedN8n;
	const { simulator, close } = await openSimulator(options.simulator);
	const client = new N8nClient(url, chosenVersion(), login);
	const n8n = { url, userFolder, log: () => readFileSync(join(userFolder, LOG_FILE), 'utf8') };
	return { n8n, client, simulator, credentialWith: credentialsOf(client, simulator), close };
}
