/* eslint-disable @n8n/community-nodes/no-restricted-imports, no-console */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import type { PiapiError } from '../../nodes/Luma/piapi/errors';
import { hasEnded, isFinal } from '../../nodes/Luma/piapi/task';
import type { TaskRow } from '../../nodes/Luma/piapi/taskList';
import { take, type Piapi } from './piapi';

const READ_EVERY_MS = 5_000;
const LONGEST_LIFE_MS = 15 * 60_000;
const LONGEST_LAG_MS = 60_000;

export const INPUT = {
	model: 'ray-v2',
	prompt: 'A paper boat drifts down a rain gutter, low angle, soft morning light',
	duration: 5,
	aspect_ratio: '16:9',
};
const LOST_CREATE =
	'PiAPI did not answer the create. The video may have been ordered all the same: see your tasks at piapi.ai.';

/** One video that was paid for, from its create to its end. */
export type Paid = Awaited<ReturnType<typeof payForOne>>;

/** Orders one video of 5 seconds and follows it to its end. */
export async function payForOne({ client }: Piapi) {
	console.log('Making one video of 5 seconds (2 minutes or more) …');
	const secret = `contract-check.${randomBytes(16).toString('hex')}`;
	const config = { webhook_config: { endpoint: '', secret } };
	const body = { model: 'luma', task_type: 'video_generation', input: INPUT, config } as const;
	const created = await client.create(body).catch((error: PiapiError) => {
		throw error.code === 'noAnswer' ? new Error(LOST_CREATE) : error;
	});
	const { taskId } = created;
	console.log(`Its task is ${taskId}; Task → Wait brings its video.`);
	const first = await client.task(taskId).catch(() => undefined);
	const isRowOf = (row: TaskRow) => row.taskId === taskId;
	const isListed = async (isSo: (row: TaskRow) => boolean) =>
		await within(LONGEST_LAG_MS, async () => (await take(client.tasks(), 100)).find(isSo));
	const listed = await isListed(isRowOf);
	const end = await within(LONGEST_LIFE_MS, async () => {
		const task = await client.task(taskId);
		return hasEnded(task) ? task : undefined;
	});
	const endListed = end && (await isListed((row) => isRowOf(row) && isFinal(row)));
	const refusal = end && (await client.cancel(taskId).catch((error: PiapiError) => error));
	return { secret, created, first, listed, end, endListed, refusal };
}

/** What is there after some time, if it is in time, and how long that took. */
async function within<T>(mostMs: number, look: () => Promise<T | undefined>) {
	const startedAt = Date.now();
	for (;;) {
		const found = await look();
		const lag = Date.now() - startedAt;
		if (found !== undefined || lag > mostMs) return found;
		await sleep(READ_EVERY_MS);
	}
}
