import { describe, expect, it } from '@jest/globals';

import { PiapiClient } from '../../../nodes/Luma/piapi/client';
import { PiapiError } from '../../../nodes/Luma/piapi/errors';
import type { PiapiRequest, PiapiResponse } from '../../../nodes/Luma/piapi/http';
import { RunClock } from '../../../nodes/Luma/runtime/clock';
import { RateLimiter } from '../../../nodes/Luma/runtime/turns';
import { VirtualClock } from '../../../simulator';

const ADDRESSES = { baseUrl: 'https://api.piapi.ai', uploadBaseUrl: 'https://upload.theapi.app' };
const ID = 'c42f6ec7-0000-4b8e-9d5e-000000000000';
const BODY = { model: 'luma', task_type: 'video_generation', input: {} } as const;
const HOUR_MS = 3_600_000;

type Answer = Omit<Partial<PiapiResponse>, 'status'> & { status: number };

const FOUND: Answer = {
	status: 200,
	body: { code: 200, data: { task_id: ID, status: 'pending' } },
};
const DOWN: Answer = { status: 503, body: { code: 503, message: 'down' } };
const LIMITED: Answer = { status: 429, body: { code: 429 }, headers: { 'retry-after': '30' } };

type Call = (piapi: PiapiClient) => Promise<unknown>;

const FILE = Buffer.from('a');
const read: Call = async (piapi) => await piapi.task(ID);
const readOnce: Call = async (piapi) => await piapi.task(ID, { once: true });
const account: Call = async (piapi) => await piapi.account();
const create: Call = async (piapi) => await piapi.create(BODY);

const noHeaders: (now: number) => object = () => ({});

interface Sent extends PiapiRequest {
	atMs: number;
}

/** A client in virtual time; the last one of the answers is given again and again. */
function service(answers: Answer[], { latencyMs = 0, concurrency = 5, headers = noHeaders } = {}) {
	const virtual = new VirtualClock();
	const stop = new AbortController();
	const clock = new RunClock(virtual, stop.signal);
	const startedAt = virtual.now();
	const sent: Sent[] = [];
	const transport = async (request: PiapiRequest): Promise<PiapiResponse> => {
		sent.push({ ...request, atMs: virtual.now() - startedAt });
		const answer = answers[Math.min(sent.length, answers.length) - 1];
		await virtual.sleep(latencyMs);
		return { body: '', ...answer, headers: { ...headers(virtual.now()), ...answer.headers } };
	};
	const limiter = new RateLimiter(concurrency, clock);
	const piapi = new PiapiClient(ADDRESSES, { transport, clock, limiter });
	const inTime = async <T>(call: (client: PiapiClient) => Promise<T>) =>
		await virtual.run(async () => await call(piapi));
	const codeIn = async (call: Call) => await inTime(async () => await codeOf(call(piapi)));
	return { piapi, clock, virtual, stop, sent, inTime, codeIn };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
	const outcome = await work.catch((error: unknown) => error);
	expect(outcome).toBeInstanceOf(PiapiError);
	return (outcome as PiapiError).code;
}

const FREE: Array<[string, Call]> = [
	['a read', read],
	['a page of the list', async (piapi) => await piapi.tasks().next()],
	['the account', account],
	['a cancel', async (piapi) => await piapi.cancel(ID, { once: false })],
	['an upload', async (piapi) => await piapi.upload({ name: 'a.png', read: async () => FILE })],
];

describe.each(FREE)('%s, which is free', (_, call) => {
	it('is tried three times, with a growing pause', async () => {
		const { codeIn, sent } = service([DOWN]);

		expect(await codeIn(call)).toBe('serviceDown');
		expect(sent).toHaveLength(3);
		const [first, second] = [sent[1].atMs, sent[2].atMs - sent[1].atMs];
		expect(first).toBeGreaterThanOrEqual(500);
		expect(second).toBeGreaterThanOrEqual(1_000);
		expect(second).toBeLessThan(2_000);
	});

	it('is not sent any more once the run has ended', async () => {
		const { clock, codeIn, sent } = service([FOUND]);
		clock.abort();

		expect(await codeIn(call)).toBe('stopped');
		expect(sent).toHaveLength(0);
	});

	it('is not repeated once the run has ended', async () => {
		const { stop, virtual, codeIn, sent } = service([DOWN]);
		void virtual.sleep(100).then(() => stop.abort());

		expect(await codeIn(call)).toBe('serviceDown');
		expect(sent).toHaveLength(1);
	});
});

it('asks again for an answer that cannot be read', async () => {
	const other: Answer = { status: 200, body: { code: 200, data: { task_id: 'another' } } };
	const page: Answer = { status: 200, body: '<html>' };
	const { inTime, sent } = service([other, page, FOUND]);

	expect(await inTime(read)).toMatchObject({ taskId: ID });
	expect(sent).toHaveLength(3);
});

it.each<[string, Answer, Call, string]>([
	['there is no PiAPI', { status: 404, body: '<html>' }, account, 'notPiapi'],
	['a request is refused', { status: 400, body: { code: 400 } }, read, 'refusedInput'],
	['the caller asks again', DOWN, readOnce, 'serviceDown'],
	['a task is cancelled', DOWN, async (piapi) => await piapi.cancel(ID), 'serviceDown'],
])('asks no second time where %s', async (_, answer, call, code) => {
	const { codeIn, sent } = service([answer]);

	expect(await codeIn(call)).toBe(code);
	expect(sent).toHaveLength(1);
});

it('reads a file anew for each attempt to upload it', async () => {
	const uploaded = { status: 200, body: { code: 200, data: { url: 'https://example.com/a.png' } } };
	const { piapi, virtual, sent } = service([DOWN, uploaded]);
	let reads = 0;
	const read = async () => Buffer.from(`read ${++reads}`);
	const url = await virtual.run(async () => await piapi.upload({ name: 'a.png', read }));

	expect(url).toBe('https://example.com/a.png');
	expect(sent.map(({ body }) => body)).toEqual(
		['read 1', 'read 2'].map((text) => ({
			file_name: 'a.png',
			file_data: Buffer.from(text).toString('base64'),
		})),
	);
	expect(sent[0].url).toBe(`${ADDRESSES.uploadBaseUrl}/api/ephemeral_resource`);
});

describe('a create, which is paid', () => {
	it.each([
		[DOWN, 'serviceDown'],
		[LIMITED, 'tooManyRequests'],
		[{ status: 200, body: '<html>' }, 'unreadable'],
	])('is never repeated, whatever the answer is (%j)', async (answer, code) => {
		const { codeIn, sent } = service([answer]);

		expect(await codeIn(create)).toBe(code);
		expect(sent).toHaveLength(1);
		expect(sent[0]).toMatchObject({ method: 'POST', body: BODY, ignoreAbort: true });
	});

	it('that waits for its turn is not sent when an item has failed meanwhile', async () => {
		const { piapi, clock, virtual, sent } = service([FOUND], { concurrency: 1, latencyMs: 1_000 });
		void virtual.sleep(500).then(() => clock.abort());
		const creates = [piapi.create(BODY), codeOf(piapi.create(BODY))];

		const [task, code] = await virtual.run(async () => await Promise.all(creates));
		expect(task).toMatchObject({ taskId: ID });
		expect(code).toBe('stopped');
		expect(sent).toHaveLength(1);
	});
});

describe('a call that outlives', () => {
	it('a failed item is sent after it, and ends with a stop', async () => {
		const { piapi, clock, stop, virtual, sent } = service([FOUND]);
		clock.abort();

		await virtual.run(async () => await piapi.task(ID, { outlives: 'failure' }));
		stop.abort();
		const late = async () => await codeOf(piapi.task(ID, { outlives: 'failure' }));
		expect(await virtual.run(late)).toBe('stopped');
		expect(sent).toHaveLength(1);
		expect(sent[0].ignoreAbort).toBe(false);
	});

	it('a stop is sent at once, whoever has the turns', async () => {
		const { piapi, stop, virtual, sent } = service([FOUND], {
			concurrency: 1,
			latencyMs: 60_000,
		});
		await virtual.run(async () => {
			const create = piapi.create(BODY);
			await virtual.sleep(1_000);
			stop.abort();
			const cancel = piapi.cancel(ID, { outlives: 'stop', timeoutMs: 5_000 });
			await Promise.all([create, cancel]);
		});

		expect(sent[1]).toMatchObject({ method: 'DELETE', ignoreAbort: true, timeoutMs: 5_000 });
		expect(sent[1].atMs).toBe(1_000);
	});
});

it.each([
	[undefined, 20_000],
	[7_000.5, 7_001],
	[60_000, 20_000],
	[-5, 1_000],
])('a caller that has %j ms left waits at most %d ms for an answer', async (timeoutMs, limitMs) => {
	const { piapi, inTime, sent } = service([FOUND]);
	await inTime(async () => await piapi.task(ID, { timeoutMs }));

	expect(sent[0].timeoutMs).toBe(limitMs);
});

describe('after a 429', () => {
	it('all calls are held back for as long as PiAPI asks', async () => {
		const { piapi, inTime, sent } = service([LIMITED, FOUND], { concurrency: 1 });
		const calls = [piapi.task(ID), piapi.task(ID), piapi.create(BODY)];
		await inTime(async () => await Promise.all(calls));

		expect(sent).toHaveLength(4);
		for (const { atMs } of sent.slice(1)) expect(atMs).toBeGreaterThanOrEqual(30_000);
	});

	it.each([
		['for two seconds when it does not say', {}, 2_000],
		['for five minutes at most', { 'retry-after': '86400' }, 300_000],
	])('%s', async (_, headers, pauseMs) => {
		const { inTime, codeIn, sent } = service([{ ...LIMITED, headers }, FOUND]);
		await codeIn(readOnce);
		await inTime(read);

		expect(sent[1].atMs).toBe(pauseMs);
	});
});

describe("PiAPI's time", () => {
	const dated = (aheadMs: number) => (now: number) => ({
		date: new Date(now - aheadMs).toUTCString(),
	});

	it.each([9, -9])('is known from its answers when n8n is %d hours ahead', async (hours) => {
		const headers = dated(hours * HOUR_MS);
		const { piapi, virtual, inTime, codeIn } = service([DOWN, FOUND], { headers });
		const off = () => Math.abs(virtual.now() - hours * HOUR_MS - piapi.now());

		expect(off()).toBe(9 * HOUR_MS);
		await codeIn(readOnce);
		expect(off()).toBeLessThan(1_000);
		await inTime(async () => {
			await piapi.task(ID);
			await virtual.sleep(HOUR_MS);
		});
		expect(off()).toBeLessThan(1_000);
	});

	it.each<[string, (now: number) => object]>([
		['is 1.5 s behind', dated(1_500)],
		['is the same', dated(0)],
		['is 1.5 s ahead', dated(-1_500)],
		['is not told', () => ({})],
		['is told as “yesterday”', () => ({ date: 'yesterday' })],
		['is told as 17', () => ({ date: 17 })],
	])('is that of n8n where it %s', async (_, headers) => {
		const { piapi, virtual, inTime } = service([FOUND], { headers });
		await inTime(read);

		expect(piapi.now()).toBe(virtual.now());
	});
});
