/* eslint-disable @n8n/community-nodes/no-hardcoded-secrets */
import type { StoredCredential } from '../../scripts/n8n/answers';
import { N8nClient } from '../../scripts/n8n/rest';
import { startN8n, type LaunchOptions, type N8nServer } from '../../scripts/n8n/server';
import { chosenVersion } from '../../scripts/n8n/versions';
import { serve, Simulator, type SimulatorOptions } from '../../simulator';
import { opening } from '../opening';
import { pack } from './pack';

export const RIGHT_KEY = 'right-key-7c1f0d52a94e';
export const WRONG_KEY = 'wrong-key-b83e66d0f215';

/** A real n8n with the package as npm would deliver it, and a simulated PiAPI beside it. */
export interface Testbed {
	/** What can be seen of the n8n, whoever has started it. */
	n8n: Pick<N8nServer, 'url' | 'userFolder' | 'log'>;
	client: N8nClient;
	simulator: Simulator;
	/** @param settings other addresses than the simulator's, or limits */
	credentialWith(
		apiKey: string,
		settings?: Record<string, string | number | boolean>,
	): Promise<StoredCredential>;
	close(): Promise<void>;
}

/** A testbed with an n8n of its own, which can be killed. */
export interface OwnTestbed<N8n = N8nServer> extends Testbed {
	n8n: N8nServer & N8n;
}

export interface TestbedOptions extends Pick<LaunchOptions, 'environment'> {
	simulator?: SimulatorOptions;
}

/** @param start n8n as one process, or with workers */
export async function openTestbed<N8n extends N8nServer = N8nServer>(
	{ simulator: service, ...launch }: TestbedOptions = {},
	start: (options: LaunchOptions) => Promise<N8n> = startN8n as typeof start,
): Promise<OwnTestbed<N8n>> {
	return await opening(async (closers) => {
		const { packageFolder, remove } = await pack();
		closers.push(remove);
		const { simulator, close } = await openSimulator(service);
		closers.push(close);
		const version = chosenVersion();
		const n8n = await start({ version, packageFolder, ...launch });
		closers.push(n8n.stop);
		const client = new N8nClient(n8n.url, version);
		await client.setUpOwner();
		return { n8n, client, simulator, credentialWith: credentialsOf(client, simulator) };
	});
}

/** A simulator that makes a video in a second, unless it is told otherwise. */
export async function openSimulator(options?: SimulatorOptions) {
	const simulator = new Simulator({ apiKey: RIGHT_KEY, renderSeconds: 1, ...options });
	const { close } = await serve(simulator, { port: 0 });
	return { simulator, close };
}

/** Makes credentials that lead to the simulator. */
export function credentialsOf(
	client: N8nClient,
	{ baseUrl }: Simulator,
): Testbed['credentialWith'] {
	return async (apiKey, settings) =>
		await client.createCredential('PiAPI', 'piapiApi', {
			apiKey,
			specialCases: true,
			baseUrl,
			uploadBaseUrl: baseUrl,
			...settings,
		});
}
