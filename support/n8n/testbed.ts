/* eslint-disable @n8n/community-nodes/require-node-api-error, @n8n/community-nodes/no-hardcoded-secrets */
import type { StoredCredential } from '../../scripts/n8n/answers';
import { N8nClient } from '../../scripts/n8n/rest';
import type { LaunchOptions } from '../../scripts/n8n/launch';
import { startN8n, type N8nServer } from '../../scripts/n8n/server';
import { chosenVersion } from '../../scripts/n8n/versions';
import { serve, Simulator, type SimulatorOptions } from '../../simulator';
import { packAndUnpack } from './pack';

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
export interface OwnTestbed extends Testbed {
	n8n: N8nServer;
}

export interface TestbedOptions extends Pick<LaunchOptions, 'environment' | 'logFile'> {
	simulator?: SimulatorOptions;
}

export async function openTestbed(options: TestbedOptions = {}): Promise<OwnTestbed> {
	const { simulator: service, ...launch } = options;
	const closers: Array<() => Promise<void> | void> = [];
	const close = async () => {
		for (const closer of closers.splice(0).reverse()) await closer();
	};
	try {
		const { folder: packageFolder, remove } = await packAndUnpack();
		closers.push(remove);
		const { simulator, close: closeSimulator } = await openSimulator(service);
		closers.push(closeSimulator);
		const version = chosenVersion();
		const n8n = await startN8n({ version, packageFolder, ...launch });
		closers.push(n8n.stop);
		const client = new N8nClient(n8n.url, version);
		await client.setUpOwner();
		return { n8n, client, simulator, credentialWith: credentialsOf(client, simulator), close };
	} catch (error) {
		await close();
		throw error;
	}
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
