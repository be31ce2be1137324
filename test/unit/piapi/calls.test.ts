import { describe, expect, it } from '@jest/globals';

import { PiapiClient } from '../../../nodes/Luma/piapi/client';
import type { CallOptions } from '../../../nodes/Luma/piapi/http';
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
	return { piapi, clock, virtual, stop, sent };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
	const outcome = await work.catch((error: unknown) => error);
	expect(outcome).toBeInstanceOf(PiapiError);
	return (outcome as PiapiError).code;
}

const FREE: Array<[string, (piapi: PiapiClient, options?: CallOptions) => Promise<unknown>]> = [
	['a read', async (piapi, options) => await piapi.task(ID, options)],
	['a page of the list', async (piapi, options) => await piapi.tasks({}, options).next()],
	['the account', async (piapi, options) => await piapi.account(options)],
	['a cancel', async (piapi, options) => await piapi.cancel(ID, { once: false, ...options })],
	[
		'an upload',
		async (piapi) => await piapi.upload({ name: 'a.png', read: async () => Buffer.from('a') }),
	],
];

describe.each(FREE)('%s, which is free', (_, call) => {
	it('is tried three times, with a growing pause', async () => {
		const { piapi, virtual, sent } = service([DOWN]);

		expect(await virtual.run(async () => await codeOf(call(piapi)))).toBe('serviceDown');
		expect(sent).toHaveLength(3);
		const [first, second] = [sent[1].atMs, sent[2].atMs - sent[1].atMs];
		expect(first).toBeGreaterThanOrEqual(500);
		expect(second).toBeGreaterThanOrEqual(1_000);
		expect(second).toBeLessThan(2_000);
	});

	it('is not sent any more once the run has ended', async () => {
		const { piapi, clock, virtual, sent } = service([FOUND]);
		clock.abort();

		expect(await virtual.run(async () => await codeOf(call(piapi)))).toBe('stopped');
		expect(sent).toHaveLength(0);
	});

	it('is not repeated once the run has ended', async () => {
		const { piapi, stop, virtual, sent } = service([DOWN]);
		void virtual.sleep(100).then(() => stop.abort());

		expect(await virtual.run(async () => await codeOf(call(piapi)))).toBe('serviceDown');
		expect(sent).toHaveLength(1);
	});
});

it('asks again for an answer that cannot be read', async () => {
	const other: Answer = { status: 200, body: { code: 200, data: { task_id: 'another' } } };
	const page: Answer = { status: 200, body: '<html>' };
	const { piapi, virtual, sent } = service([other, page, FOUND]);

	await expect(virtual.run(async () => await piapi.task(ID))).resolves.toMatchObject({
		taskId: ID,
	});
	expect(sent).toHaveLength(3);
});

it('asks no second time where there is no PiAPI, where a request is refused, or where the caller repeats it', async () => {
	const missing = service([{ status: 404, body: '<html>' }]);
	const refused = service([{ status: 400, body: { code: 400, message: 'no' } }]);
	const once = service([DOWN]);

	const codes = [
		await missing.virtual.run(async () => await codeOf(missing.piapi.account())),
		await refused.virtual.run(async () => await codeOf(refused.piapi.task(ID))),
		await once.virtual.run(async () => await codeOf(once.piapi.task(ID, { once: true }))),
		await once.virtual.run(async () => await codeOf(once.piapi.cancel(ID))),
	];
	expect(codes).toEqual(['notPiapi', 'refusedInput', 'serviceDown', 'serviceDown']);
	expect([missing, refused, once].map(({ sent }) => sent.length)).toEqual([1, 1, 2]);
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
		const { piapi, virtual, sent } = service([answer]);

		expect(await virtual.run(async () => await codeOf(piapi.create(BODY)))).toBe(code);
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
	const { piapi, virtual, sent } = service([FOUND]);
	await virtual.run(async () => await piapi.task(ID, { timeoutMs }));

	expect(sent[0].timeoutMs).toBe(limitMs);
});

describe('after a 429', () => {
	it('all calls are held back for as long as PiAPI asks', async () => {
		const { piapi, virtual, sent } = service([LIMITED, FOUND], { concurrency: 1 });
		const calls = [piapi.task(ID), piapi.task(ID), piapi.create(BODY)];
		await virtual.run(async () => await Promise.all(calls));

		expect(sent).toHaveLength(4);
		for (const { atMs } of sent.slice(1)) expect(atMs).toBeGreaterThanOrEqual(30_000);
	});

	it.each([
		['for two seconds when it does not say', {}, 2_000],
		['for five minutes at most', { 'retry-after': '86400' }, 300_000],
	])('%s', async (_, headers, pauseMs) => {
		const { piapi, virtual, sent } = service([{ ...LIMITED, headers }, FOUND]);
		await virtual.run(async () => {
			await codeOf(piapi.task(ID, { once: true }));
			await piapi.task(ID);
		});

		expect(sent[1].atMs).toBe(pauseMs);
	});
});

describe("PiAPI's time", () => {
	const dated = (aheadMs: number) => (now: number) => ({
		date: new Date(now - aheadMs).toUTCString(),
	});

	it.each([9, -9])('is known from its answers when n8n is %d hours ahead', async (hours) => {
		const { piapi, virtual } = service([DOWN, FOUND], { headers: dated(hours * HOUR_MS) });
		const off = () => Math.abs(virtual.now() - hours * HOUR_MS - piapi.now());

		expect(off()).toBe(9 * HOUR_MS);
		await virtual.run(async () => await codeOf(piapi.task(ID, { once: true })));
		expect(off()).toBeLessThan(1_000);
		await virtual.run(async () => {
			await piapi.task(ID);
			await virtual.sleep(HOUR_MS);
		});
		expect(off()).toBeLessThan(1_000);
	});

	it.each([1_500, 0, -1_500])('is that of n8n where it is %d ms ahead', async (aheadMs) => {
		const { piapi, virtual } = service([FOUND], { headers: dated(aheadMs) });
		await virtual.run(async () => await piapi.task(ID));

		expect(piapi.now()).toBe(virtual.now());
	});

	it.each([undefined, 'yesterday', 17])('is that of n8n where PiAPI says “%s”', async (date) => {
		const { piapi, virtual } = service([FOUND], { headers: () => ({ date }) });
		await virtual.run(async () => await piapi.task(ID));

		expect(piapi.now()).toBe(virtual.now());
	});

	it('decides what is listed: the first page is read again when the clock turns out to be wrong', async () => {
		const row = (id: string, created: number) => ({ task_id: id, created_at: created / 1000 });
		const there = new VirtualClock().now() - 9 * HOUR_MS;
		const data = [row('new', there - HOUR_MS), row('old', there - 3 * HOUR_MS)];
		const list: Answer = { status: 200, body: { code: 200, data: { data } } };
		const { piapi, virtual, sent } = service([list], { headers: dated(9 * HOUR_MS) });
		const listed = async () => {
			const ids: string[] = [];
			const rows = piapi.tasks({ since: (now) => now - 2 * HOUR_MS });
			for await (const { taskId } of rows) ids.push(taskId);
			return ids;
		};

		expect(await virtual.run(listed)).toEqual(['new']);
		expect(await virtual.run(listed)).toEqual(['new']);
		const starts = sent.map(({ query }) => Number(query?.start_time) * 1000);
		expect(starts).toHaveLength(3);
		expect(starts[0] - starts[1]).toBeGreaterThan(8 * HOUR_MS);
		expect(Math.abs(starts[1] - starts[2])).toBeLessThan(5_000);
		expect(sent[0].query).toMatchObject({ model: 'luma', page: 1, page_size: 100 });
	});
});
