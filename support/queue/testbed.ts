/* eslint-disable @n8n/community-nodes/require-node-api-error */
import type { StoredCredential } from '../../scripts/n8n/answers';
import { N8nClient, OWN_CONNECTION } from '../../scripts/n8n/rest';
import { chosenVersion } from '../../scripts/n8n/versions';
import { startCluster, type Cluster } from '../../scripts/queue/cluster';
import { findPrograms, INSTALL_HINT } from '../../scripts/queue/programs';
import { serve, Simulator } from '../../simulator';
import { AdjustableClock } from '../virtualTime/adjustableClock';
import { packAndUnpack } from '../n8n/delivered';
import { RIGHT_KEY } from '../n8n/testbed';
import type { WebhookWorkflow } from '../n8n/workflows';
import { Batch } from './batch';
import { watchSlots, type Slots } from './slots';
import { serveDeliveryLog, DeliveryLog } from '../deliveryLog';

export const WORKERS = 2;
export const SLOTS = 5;
export const RENDER_SECONDS = 20;
/** Of a video that ends when the test says so, however slow the machine is. */
export const HELD_SECONDS = 600;

export interface ActiveWorkflow {
	workflowId: string;
	/** Calls its webhook; settles when n8n has taken the call. */
	start(body: object): Promise<void>;
}

/** n8n in queue mode with the package as npm would deliver it, and a simulated PiAPI. */
export interface QueueTestbed {
	cluster: Cluster;
	client: N8nClient;
	simulator: Simulator;
	deliveryLog: DeliveryLog;
	deliveryUrl: string;
	slots: Slots;
	credential: StoredCredential;
	/** Ends all videos under way, those that take HELD_SECONDS too. */
	endVideos(): void;
	/** Puts a workflow into production. */
	activate(workflow: WebhookWorkflow): Promise<ActiveWorkflow>;
	/**
	 * @param count how many executions, of one video each
	 * @param secondsOf how long the video of the order with that index takes
	 */
	batch(name: string, count: number, secondsOf?: (index: number) => number): Batch;
	/** All there were. */
	batches: Batch[];
	close(): Promise<void>;
}

export async function openQueueTestbed(): Promise<QueueTestbed> {
	const closers: Array<() => Promise<void> | void> = [];
	const close = async () => {
		for (const closer of closers.splice(0).reverse()) await closer();
	};
	try {
		const programs = findPrograms();
		if (!programs) throw new Error(INSTALL_HINT);
		const delivered = await packAndUnpack();
		closers.push(delivered.remove);

		const clock = new AdjustableClock();
		const renderSeconds = new Map<unknown, number>();
		const simulator = new Simulator({
			apiKey: RIGHT_KEY,
			clock,
			queueSeconds: 0,
			renderSeconds: ({ prompt }) => renderSeconds.get(prompt) ?? RENDER_SECONDS,
			concurrency: 500,
			balanceUsd: 1000,
			// Reports that fall into a restart of n8n come again once n8n is there.
			callbackRetrySeconds: [1, 5, 15, 60],
		});
		const { url, close: closeSimulator } = await serve(simulator, { port: 0 });
		closers.push(closeSimulator);
		const deliveryLog = new DeliveryLog();
		const { url: deliveryUrl, close: closeTally } = await serveDeliveryLog(deliveryLog);
		closers.push(closeTally);

		const version = chosenVersion();
		const packageFolder = delivered.folder;
		const cluster = await startCluster({
			programs,
			version,
			packageFolder,
			workers: WORKERS,
			slots: SLOTS,
		});
		closers.push(cluster.stop);
		const { slots, close: closeSlots } = await watchSlots(cluster.redisPort);
		closers.push(closeSlots);

		const client = new N8nClient(cluster.main.url, version);
		await client.setUpOwner();
		const addresses = { specialCases: true, baseUrl: url, uploadBaseUrl: url };
		const credential = await client.createCredential('PiAPI', 'piapiApi', {
			apiKey: RIGHT_KEY,
			...addresses,
		});
		const activate = async ({ path, ...file }: WebhookWorkflow) => {
			const workflow = await client.createWorkflow(file);
			await client.activate(workflow);
			const start = async (body: object) => await post(`${client.url}/webhook/${path}`, body);
			return { workflowId: workflow.id, start };
		};
		const batches: Batch[] = [];
		const testbed: QueueTestbed = {
			cluster,
			client,
			simulator,
			deliveryLog,
			deliveryUrl,
			slots,
			credential,
			endVideos: () => clock.advance(HELD_SECONDS * 1000),
			activate,
			batch: (name, count, secondsOf = () => RENDER_SECONDS) => {
				const batch = new Batch(testbed, name, count);
				batch.prompts.forEach((createTask, i) => renderSeconds.set(createTask, secondsOf(i)));
				batches.push(batch);
				return batch;
			},
			batches,
			close,
		};
		return testbed;
	} catch (error) {
		await close();
		throw error;
	}
}

async function post(url: string, body: object): Promise<void> {
	const headers = { ...OWN_CONNECTION, 'content-type': 'application/json' };
	const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
	if (!response.ok) throw new Error(`n8n answered a call with ${response.status}`);
	await response.body?.cancel();
}
