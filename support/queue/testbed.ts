import { startCluster } from '../../scripts/queue/cluster';
import { startMockServer } from '../mockServer';
import { activate } from '../n8n/runs';
import { openTestbed, RIGHT_KEY } from '../n8n/testbed';
import type { WebhookWorkflow } from '../n8n/workflows';
import { opening } from '../opening';
import { Batch, type Delivery } from './batch';
import { Slots } from './slots';

export const WORKERS = 2;
export const SLOTS = 5;
const RENDER_SECONDS = 20;

/** n8n in queue mode with the package as npm would deliver it, and a simulated PiAPI. */
export type QueueTestbed = Awaited<ReturnType<typeof openQueueTestbed>>;

export async function openQueueTestbed() {
	return await opening(async (closers) => {
		const renderSeconds = new Map<unknown, number | undefined>();
		const service = {
			queueSeconds: 0,
			renderSeconds: ({ prompt }: { prompt?: string }) =>
				renderSeconds.get(prompt) ?? RENDER_SECONDS,
			concurrency: 500,
			balanceUsd: 1000,
			// Reports that fall into a restart of n8n come again once n8n is there.
			callbackRetrySeconds: [1, 5, 15, 60],
		};
		const testbed = await openTestbed(
			{ simulator: service },
			async (options) => await startCluster(options, WORKERS, SLOTS),
		);
		closers.push(testbed.close);
		const { n8n, client, simulator } = testbed;
		const { slots, close: closeSlots } = await Slots.watch(n8n.redisPort);
		closers.push(closeSlots);
		/** Where the last node of every workflow reports: each report is one run of that node. */
		const allDeliveries: Delivery[] = [];
		const deliveryLog = await startMockServer(({ content }) => {
			const delivery = JSON.parse(content.toString()) as Delivery;
			allDeliveries.push({ ...delivery, at: Date.now() });
			return {};
		});
		closers.push(deliveryLog.close);

		const batches: Batch[] = [];
		return {
			...{ n8n, client, simulator, slots, allDeliveries, deliveryUrl: deliveryLog.url },
			credential: await testbed.credentialWith(RIGHT_KEY),
			/** Puts a workflow into production. */
			activate: async (workflow: WebhookWorkflow) => await activate(client, workflow),
			/** Ends all videos under way. */
			endVideos: () => {
				const tasks = [...simulator.tasks.values()];
				const underWay = tasks.filter(({ endedAt }) => endedAt === undefined);
				underWay.forEach((task) => simulator.complete(task));
			},
			/**
			 * @param count how many executions, of one video each
			 * @param secondsOf how long the video of the order with that index takes
			 */
			batch: (name: string, count: number, secondsOf?: (index: number) => number): Batch => {
				const batch = new Batch({ simulator, allDeliveries, slots }, name, count);
				batch.prompts.forEach((order, index) => renderSeconds.set(order, secondsOf?.(index)));
				batches.push(batch);
				return batch;
			},
			/** All there were. */
			batches,
		};
	});
}
