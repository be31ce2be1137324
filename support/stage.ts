/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/require-node-api-error, @n8n/community-nodes/no-hardcoded-secrets */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { StoredCredential } from '../scripts/n8n/answers';
import { N8nClient } from '../scripts/n8n/rest';
import { startN8n, type N8nServer } from '../scripts/n8n/server';
import { chosenVersion, repository } from '../scripts/n8n/versions';
import { runQuietly } from '../scripts/progress';
import { serve, Simulator, type SimulatorOptions } from '../simulator';

export const RIGHT_KEY = 'right-key-7c1f0d52a94e';
export const WRONG_KEY = 'wrong-key-b83e66d0f215';

/** A real n8n with the package as npm would deliver it, and a simulated PiAPI beside it. */
export interface Stage {
	n8n: N8nServer;
	client: N8nClient;
	simulator: Simulator;
	/** @param addresses other ones than the simulator's */
	credentialWith(apiKey: string, addresses?: Record<string, string>): Promise<StoredCredential>;
	close(): Promise<void>;
}

export interface StageOptions {
	/** Further settings of n8n. */
	environment?: Record<string, string>;
	simulator?: SimulatorOptions;
}

export async function openStage(options: StageOptions = {}): Promise<Stage> {
	const closers: Array<() => Promise<void> | void> = [];
	const close = async () => {
		for (const closer of closers.splice(0).reverse()) await closer();
	};
	try {
		const delivered = await packAndUnpack();
		closers.push(delivered.remove);

		const simulator = new Simulator({
			apiKey: RIGHT_KEY,
			renderSeconds: 1,
			...options.simulator,
		});
		const { url, close: closeSimulator } = await serve(simulator, { port: 0 });
		closers.push(closeSimulator);

		const version = chosenVersion();
		const n8n = await startN8n({
			version,
			packageFolder: delivered.folder,
			environment: options.environment,
		});
		closers.push(n8n.stop);
		const client = new N8nClient(n8n.url, version);
		await client.setUpOwner();

		const credentialWith: Stage['credentialWith'] = async (apiKey, addresses) =>
			await client.createCredential('PiAPI', 'piapiApi', {
				apiKey,
				baseUrl: url,
				uploadBaseUrl: url,
				...addresses,
			});
		return { n8n, client, simulator, credentialWith, close };
	} catch (error) {
		await close();
		throw error;
	}
}

/** The very files that `npm publish` would upload, so that one missing from the tarball is noticed. */
export async function packAndUnpack() {
	const folder = mkdtempSync(join(tmpdir(), 'luma-packed-'));
	const remove = () => rmSync(folder, { recursive: true, force: true });
	const pack = ['pack', '--ignore-scripts', '--pack-destination', folder];
	await runQuietly('npm', pack, { cwd: repository });
	const [tarball] = readdirSync(folder);
	await runQuietly('tar', ['-xzf', tarball], { cwd: folder });
	return { folder: join(folder, 'package'), remove };
}
