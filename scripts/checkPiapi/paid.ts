import { randomBytes } from 'node:crypto';
import { NoAnswer, type Answer, type PiapiClient, type Time } from './client';
import { readLink, type Link } from './link';
import { at, textAt } from './path';
import { hasEnded, HISTORY, listOf, rowId, videoOf } from './reading';

/** One video that was paid for, from its order to its end. */
export interface Paid {
	order: ReturnType<typeof newOrder>;
	created: Answer;
	/** Undefined when PiAPI gave no task id. */
	life?: Life;
}

export interface Life {
	/** Read right after the create. */
	first: Answer;
	/** Undefined when it had not ended in time. */
	end?: { answer: Answer; link?: Link; cancel: Answer };
	/** Seconds after the create at which the list showed the task; undefined when it did not. */
	listedAfter?: number;
	/** Seconds after its end was read at which the list showed the end. */
	endListedAfter?: number;
}

const LONGEST_LIFE_MS = 15 * 60_000;
const LOST_CREATE =
	'PiAPI did not answer the create. The video may have been ordered all the same: see your tasks at piapi.ai.';
/** Seconds before each look; the last one stands for all that follow. */
const READS = [0, 2, 3, 5, 10];
export const LONGEST_LAG_SECONDS = 60;

function newOrder() {
	return {
		model: 'luma',
		task_type: 'video_generation',
		input: {
			model: 'ray-v2',
			prompt: 'A paper boat drifts down a rain gutter, low angle, soft morning light',
			duration: 5,
			aspect_ratio: '16:9',
		},
		config: {
			webhook_config: { endpoint: '', secret: `contract-check.${randomBytes(16).toString('hex')}` },
		},
	};
}

/** Orders one video of 5 seconds and follows it to its end. `tell` hears of its task id at once. */
export async function payForOne(
	client: PiapiClient,
	time: Time,
	fetcher: typeof fetch,
	tell: (taskId: string) => void,
): Promise<Paid> {
	const order = newOrder();
	const created = await client.post('/api/v1/task', order).catch(() => {
		throw new NoAnswer(LOST_CREATE);
	});
	const taskId = textAt(created.body, 'data.task_id');
	if (taskId === '') return { order, created };
	tell(taskId);
	return { order, created, life: await follow(client, time, fetcher, taskId) };
}

async function follow(
	client: PiapiClient,
	time: Time,
	fetcher: typeof fetch,
	taskId: string,
): Promise<Life> {
	const path = `/api/v1/task/${encodeURIComponent(taskId)}`;
	const startedAt = time.now();
	const first = await client.get(path);
	const look = lookInto(client, time, taskId);
	const listed = await look(() => true);
	let latest = first;
	for (let looks = 0; !hasEnded(at(latest.body, 'data')); looks++) {
		if (time.now() - startedAt > LONGEST_LIFE_MS) return { first, listedAfter: listed };
		await time.sleep(READS[Math.min(looks + 1, READS.length - 1)] * 1000);
		latest = await client.get(path);
	}
	const endListedAfter = await look(hasEnded);
	const url = videoOf(at(latest.body, 'data'))?.url;
	const link = url === undefined ? undefined : await readLink(url, fetcher);
	const end = { answer: latest, link, cancel: await client.delete(path) };
	return { first, end, listedAfter: listed, endListedAfter };
}

/** Looks for the task in the list until a row of it is as wanted; says after how many seconds it was. */
function lookInto(client: PiapiClient, time: Time, taskId: string) {
	return async (isWanted: (row: unknown) => boolean): Promise<number | undefined> => {
		const startedAt = time.now();
		for (let looks = 0; ; looks++) {
			await time.sleep(READS[Math.min(looks, READS.length - 1)] * 1000);
			const answer = await client.get(`${HISTORY}?model=luma&page=1&page_size=100`);
			const seconds = Math.round((time.now() - startedAt) / 1000);
			const row = listOf(answer)?.find((candidate) => rowId(candidate) === taskId);
			if (row !== undefined && isWanted(row)) return seconds;
			if (seconds >= LONGEST_LAG_SECONDS) return undefined;
		}
	};
}
