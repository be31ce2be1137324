/* eslint-disable @n8n/community-nodes/require-node-api-error */
import { N8nClient, OWN_CONNECTION } from '../../scripts/n8n/rest';
import { chosenVersion } from '../../scripts/n8n/versions';
import { startCluster } from '../../scripts/queue/cluster';
import { findPrograms, INSTALL_HINT } from '../../scripts/queue/programs';
import { packAndUnpack } from '../n8n/pack';
import { credentialsOf, openSimulator, RIGHT_KEY } from '../n8n/testbed';
import type { WebhookWorkflow } from '../n8n/workflows';
import { Batch } from './batch';
import { DeliveryLog } from './deliveryLog';
import { Slots } from './slots';

export const WORKERS = 2;
export const SLOTS = 5;
const RENDER_SECONDS = 20;
/** Of a video that ends when the test says so, however slow the machine is. */
export const HELD_SECONDS = Infinity;

export interface ActiveWorkflow {
	workflowId: string;
	/** Calls its webhook; settles when n8n has taken the call. */
	start(body: object): Promise<void>;
}

/** n8n in queue mode with the package as npm would deliver it, and a simulated PiAPI. */
export type QueueTestbed = Awaited<ReturnType<typeof openQueueTestbed>>;

export async function openQueueTestbed() {
	const closers: Array<() => Promise<void> | void> = [];
	const close = async () => {
		for (const closer of closers.splice(0).reverse()) await closer();
	};
	try {
		return { ...(await open(closers)), close };
	} catch (error) {
		await close();
		throw error;
	}
}

async function open(closers: Array<() => Promise<void> | void>) {
	const programs = findPrograms();
	if (!programs) throw new Error(INSTALL_HINT);
	const { folder: packageFolder, remove } = await packAndUnpack();
	closers.push(remove);

	const renderSeconds = new Map<unknown, number | undefined>();
	const { simulator, close: closeSimulator } = await openSimulator({
		queueSeconds: 0,
		renderSeconds: ({ prompt }) => renderSeconds.get(prompt) ?? RENDER_SECONDS,
		concurrency: 500,
		balanceUsd: 1000,
		// Reports that fall into a restart of n8n come again once n8n is there.
		callbackRetrySeconds: [1, 5, 15, 60],
	});
	closers.push(closeSimulator);
	const deliveryLog = new DeliveryLog();
	const { url: deliveryUrl, close: closeLog } = await deliveryLog.listen();
	closers.push(closeLog);

	const version = chosenVersion();
	const size = { workers: WORKERS, slots: SLOTS };
	const cluster = await startCluster({ programs, version, packageFolder, ...size });
	closers.push(cluster.stop);
	const { slots, close: closeSlots } = await Slots.watch(cluster.redisPort);
	closers.push(closeSlots);
	const client = new N8nClient(cluster.main.url, version);
	await client.setUpOwner();

	const batches: Batch[] = [];
	return {
		...{ cluster, client, simulator, deliveryLog, deliveryUrl, slots },
		credential: await credentialsOf(client, simulator)(RIGHT_KEY),
		/** Ends all videos under way, those that take HELD_SECONDS too. */
		endVideos: () => {
			for (const task of simulator.tasks.values()) {
				if (task.endedAt === undefined) simulator.complete(task);
			}
		},
		/** Puts a workflow into production. */
		activate: async ({ path, ...file }: WebhookWorkflow): Promise<ActiveWorkflow> => {
			const workflow = await client.createWorkflow(file);
			await client.activate(workflow);
			const start = async (body: object) => await post(`${client.url}/webhook/${path}`, body);
			return { workflowId: workflow.id, start };
		},
		/**
		 * @param count how many executions, of one video each
		 * @param secondsOf how long the video of the order with that index takes
		 */
		batch: (name: string, count: number, secondsOf?: (index: number) => number): Batch => {
			const batch = new Batch({ simulator, deliveryLog, slots }, name, count);
			batch.prompts.forEach((order, index) => renderSeconds.set(order, secondsOf?.(index)));
			batches.push(batch);
			return batch;
		},
		/** All there were. */
		batches,
	};
}

async function post(url: string, body: object): Promise<void> {
	const headers = { ...OWN_CONNECTION, 'content-type': 'application/json' };
	const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
	if (!response.ok) throw new Error(`n8n answered a call with ${response.status}`);
	await response.body?.cancel();
}
