/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/require-node-api-error, no-console */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import type { PiapiClient } from '../../nodes/Luma/piapi/client';
import { PiapiError } from '../../nodes/Luma/piapi/errors';
import { hasEnded, isFinal, type Task } from '../../nodes/Luma/piapi/task';
import type { TaskRow } from '../../nodes/Luma/piapi/taskList';
import { failureOf, openPiapi, take } from './piapi';

/** All that PiAPI was asked, and what the package's client made of it. The facts judge by nothing else. */
export type Evidence = Awaited<ReturnType<typeof gather>>;

const UNKNOWN_TASK = '00000000-0000-4000-8000-000000000000';
const MOST_READS = 5;

interface Command {
	baseUrl: string;
	apiKey: string;
	pays: boolean;
}

export async function gather({ baseUrl, apiKey, pays }: Command) {
	const { client, answers } = openPiapi(baseUrl, apiKey);
	const stranger = openPiapi(baseUrl, 'not-a-key');
	const refused = async (call: Promise<unknown>, from = answers) => ({
		error: await failureOf(call),
		answer: from[from.length - 1],
	});
	const account = await client.account();
	const activeTasks = await client.activeTasks();
	const good = [...answers];
	const refusals = {
		wrongKey: await refused(stranger.client.account(), stranger.answers),
		unknownTask: await refused(client.task(UNKNOWN_TASK)),
		unknownCancel: await refused(client.cancel(UNKNOWN_TASK)),
		// There is no such type and no prompt: nothing that could be made or charged.
		badCreate: await refused(
			client.create({ model: 'luma', task_type: 'no_such_task_type' as never, input: {} }),
		),
	};
	// The second page is read for the eleventh of them.
	await take(client.tasks({ pageSize: 10 }), 11);
	const rows = await take(client.tasks({ pageSize: 100 }), 100);
	const createdAt = rows[Math.floor(rows.length / 2)]?.createdAt ?? undefined;
	if (createdAt !== undefined) {
		await take(client.tasks({ since: createdAt }), 100);
		await take(client.tasks({ until: createdAt }), 100);
	}
	const read = await readSome(client, rows);
	const paid = pays ? await payForOne(client) : undefined;
	const newest = [paid?.end, ...read.map(({ task }) => task)].find((task) => task?.videoUrl);
	const file = newest && (await readFile(newest.videoUrl!));
	return { account, activeTasks, good, refusals, rows, createdAt, read, paid, file, answers };
}

/** Reads the newest task of each status, then the newest that have ended, up to a few. */
async function readSome(client: PiapiClient, rows: TaskRow[]) {
	const newestOfEach = new Map([...rows].reverse().map((row) => [row.raw.status, row]));
	const chosen = [...new Set([...newestOfEach.values(), ...rows.filter(isFinal)])];
	const read: Array<{ row: TaskRow; task: Task }> = [];
	for (const row of chosen.slice(0, MOST_READS)) {
		try {
			read.push({ row, task: await client.task(row.taskId) });
		} catch (error) {
			// PiAPI deletes tasks after a while, and may still list them.
			if (!(error instanceof PiapiError)) throw error;
		}
	}
	return read;
}

const LONGEST_LIFE_MS = 15 * 60_000;
export const LONGEST_LAG_SECONDS = 60;
const READ_EVERY_MS = 5_000;

const LOST_CREATE =
	'PiAPI did not answer the create. The video may have been ordered all the same: see your tasks at piapi.ai.';

/** One video that was paid for, from its create to its end. */
export interface Paid {
	input: object;
	secret: string;
	created: Task;
	/** Read right after the create. */
	first?: Task;
	listedAfter?: number;
	/** Absent when it did not end in time. */
	end?: Task;
	endListedAfter?: number;
	/** The refusal of cancelling it then. */
	cancel?: PiapiError;
}

/** Orders one video of 5 seconds and follows it to its end. */
async function payForOne(client: PiapiClient): Promise<Paid> {
	console.log('Making one video of 5 seconds (2 minutes or more) …');
	const input = {
		model: 'ray-v2',
		prompt: 'A paper boat drifts down a rain gutter, low angle, soft morning light',
		duration: 5,
		aspect_ratio: '16:9',
	};
	const secret = `contract-check.${randomBytes(16).toString('hex')}`;
	const config = { webhook_config: { endpoint: '', secret } };
	const body = { model: 'luma', task_type: 'video_generation', input, config } as const;
	const created = await client.create(body).catch((error: PiapiError) => {
		throw error.code === 'noAnswer' ? new Error(LOST_CREATE) : error;
	});
	const { taskId } = created;
	console.log(`Its task is ${taskId}; Task → Wait brings its video.`);
	const first = await client.task(taskId).catch(() => undefined);
	const listedAfter = await secondsUntilListed(client, taskId, () => true);
	const seen = { input, secret, created, first, listedAfter };
	const end = await untilEnded(client, created);
	if (!end) return seen;
	const endListedAfter = await secondsUntilListed(client, taskId, isFinal);
	const cancel = await failureOf(client.cancel(taskId));
	return { ...seen, end, endListedAfter, cancel };
}

async function untilEnded(client: PiapiClient, created: Task): Promise<Task | undefined> {
	const deadline = Date.now() + LONGEST_LIFE_MS;
	for (let task = created; ; task = await client.task(task.taskId)) {
		if (hasEnded(task)) return task;
		if (Date.now() > deadline) return undefined;
		await sleep(READ_EVERY_MS);
	}
}

/** After how many seconds a row of the task in the list is as wanted; undefined when it is not in time. */
async function secondsUntilListed(
	client: PiapiClient,
	taskId: string,
	isWanted: (row: TaskRow) => boolean,
): Promise<number | undefined> {
	const startedAt = Date.now();
	for (;;) {
		const rows = await take(client.tasks(), 100);
		const seconds = Math.round((Date.now() - startedAt) / 1000);
		if (rows.some((row) => row.taskId === taskId && isWanted(row))) return seconds;
		if (seconds >= LONGEST_LAG_SECONDS) return undefined;
		await sleep(READ_EVERY_MS);
	}
}

/** More than any video of 10 seconds has. */
const MOST_BYTES = 500_000_000;

/** What the link of a video answers without the key. */
async function readFile(url: string) {
	const { host } = new URL(url);
	try {
		const response = await fetch(url, { signal: AbortSignal.timeout(60_000) });
		const isSmall = Number(response.headers.get('content-length')) < MOST_BYTES;
		const bytes = isSmall ? Buffer.from(await response.arrayBuffer()) : Buffer.alloc(0);
		return { host, status: response.status, type: response.headers.get('content-type'), bytes };
	} catch {
		return { host, status: 0, type: null, bytes: Buffer.alloc(0) };
	}
}
