/* eslint-disable @n8n/community-nodes/no-restricted-imports, no-console */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import type { PiapiError } from '../../nodes/Luma/piapi/errors';
import { recordOf } from '../../nodes/Luma/piapi/json';
import { hasEnded, isFinal, type Task } from '../../nodes/Luma/piapi/task';
import type { TaskRow } from '../../nodes/Luma/piapi/taskList';
import { at, fact } from './cases';
import { take, type Piapi } from './piapi';

const READ_EVERY_MS = 5_000;
const LONGEST_LIFE_MS = 15 * 60_000;
const LONGEST_LAG_MS = 60_000;

const INPUT = {
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

export function declarePaidFacts(paid: Paid | undefined): void {
	const ofPaid = (
		title: string,
		holds: (one: Paid) => boolean,
		show: (one: Paid) => string = () => String(paid?.end?.status),
	) => fact(title, { of: () => (paid ? [paid] : []), holds, show, unseen: 'needs --pay' });
	const isEchoed = (secret: string, task?: Task) =>
		task?.webhookSecret === secret && at(task.raw, 'config.webhook_config.endpoint') === '';

	ofPaid(
		'Create: A create answers with a task under way, nothing made yet',
		({ created }) => !isFinal(created) && created.videoUrl === null,
		({ created: { raw } }) => `status ${String(raw.status)}, output ${typeof raw.output}`,
	);
	ofPaid('Create: The input comes back as it was sent', ({ created }) =>
		Object.entries(INPUT).every(([name, value]) => recordOf(created.raw.input)[name] === value),
	);
	ofPaid('Read: A task can be read right after its create', ({ first }) => first !== undefined);
	ofPaid('Echo: A create gives back the empty endpoint and the secret', (one) =>
		isEchoed(one.secret, one.created),
	);
	ofPaid('Echo: A read gives back the empty endpoint and the secret', (one) =>
		isEchoed(one.secret, one.first),
	);
	ofPaid('Echo: It still does when the task has ended', (one) => isEchoed(one.secret, one.end));
	ofPaid('Task: A task ends in a quarter of an hour', ({ end }) => end !== undefined);
	ofPaid('History: A new task is in the list within 60 s', ({ listed }) => listed !== undefined);
	ofPaid(
		'History: The list shows the end of a task within 60 s',
		({ endListed }) => endListed !== undefined,
	);
	ofPaid(
		'Cancel: A task that has ended cannot be cancelled',
		({ refusal }) => refusal !== undefined,
	);
}
