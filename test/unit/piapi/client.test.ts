import { describe, expect, it } from '@jest/globals';

import { PiapiClient } from '../../../nodes/Luma/piapi/client';
import { isDefinitelyNotCreated, isRetryable, PiapiError } from '../../../nodes/Luma/piapi/errors';
import type { PiapiRequest, PiapiResponse } from '../../../nodes/Luma/piapi/http';
import { Redactor } from '../../../nodes/Luma/piapi/redact';
import { RunClock } from '../../../nodes/Luma/runtime/clock';
import { RateLimiter } from '../../../nodes/Luma/runtime/turns';
import { VirtualClock } from '../../../simulator';

const ADDRESSES = { baseUrl: 'https://api.piapi.ai', uploadBaseUrl: 'https://upload.theapi.app' };
const KEY = 'a-very-private-key';
const ID = 'c42f6ec7-0000-4b8e-9d5e-000000000000';
const BODY = { model: 'luma', task_type: 'video_generation', input: {} } as const;
const HOUR_MS = 3_600_000;

type Answer = Partial<PiapiResponse>;

const FOUND: Answer = { body: { code: 200, data: { task_id: ID, status: 'pending' } } };
const DOWN: Answer = { status: 503, body: { code: 503, message: 'down' } };
const LIMITED: Answer = { status: 429, body: { code: 429 }, headers: { 'retry-after': '30' } };

type Call = (piapi: PiapiClient) => Promise<unknown>;

const file = { name: 'a.png', read: async () => Buffer.from('a') };
const read: Call = async (piapi) => await piapi.task(ID);
const readOnce: Call = async (piapi) => await piapi.task(ID, { once: true });
const list: Call = async (piapi) => await piapi.tasks().next();
const account: Call = async (piapi) => await piapi.account();
const upload: Call = async (piapi) => await piapi.upload(file);
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
		const own = { ...headers(virtual.now()), ...answer.headers };
		return { status: 200, body: '', ...answer, headers: own };
	};
	const limiter = new RateLimiter(concurrency, clock);
	const redactor = new Redactor([KEY]);
	const piapi = new PiapiClient(ADDRESSES, { transport, clock, limiter, redactor });
	const inTime = async <T>(call: (client: PiapiClient) => Promise<T>) =>
		await virtual.run(async () => await call(piapi));
	const errorIn = async (call: Call) => await inTime(async () => await errorOf(call(piapi)));
	const codeIn = async (call: Call) => (await errorIn(call)).code;
	return { piapi, clock, virtual, stop, sent, inTime, errorIn, codeIn };
}

async function errorOf(work: Promise<unknown>): Promise<PiapiError> {
	const outcome = await work.catch((error: unknown) => error);
	expect(outcome).toBeInstanceOf(PiapiError);
	return outcome as PiapiError;
}

describe.each<[string, Call]>([
	['a read', read],
	['a page of the list', list],
	['the account', account],
	['a cancel', async (piapi) => await piapi.cancel(ID, { once: false })],
	['an upload', upload],
])('%s, which is free', (_, call) => {
	it('is tried three times, with a growing pause', async () => {
		const { codeIn, sent } = service([DOWN]);

		expect(await codeIn(call)).toBe('serviceDown');
		expect(sent).toHaveLength(3);
		const [first, second] = [sent[1].atMs, sent[2].atMs - sent[1].atMs];
		expect(first).toBeGreaterThanOrEqual(500);
		expect(second).toBeGreaterThanOrEqual(1_000);
		expect(second).toBeLessThan(2_000);
	});

	it('is neither sent nor repeated once the run has ended', async () => {
		const ended = service([FOUND]);
		ended.clock.abort();
		expect(await ended.codeIn(call)).toBe('stopped');
		expect(ended.sent).toHaveLength(0);

		const ending = service([DOWN]);
		void ending.virtual.sleep(100).then(() => ending.stop.abort());
		expect(await ending.codeIn(call)).toBe('serviceDown');
		expect(ending.sent).toHaveLength(1);
	});
});

it('asks again for an answer that cannot be read', async () => {
	const other: Answer = { body: { code: 200, data: { task_id: 'another' } } };
	const { inTime, sent } = service([other, { body: '<html>' }, FOUND]);

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
	const uploaded = { body: { code: 200, data: { url: 'https://example.com/a.png' } } };
	const { inTime, sent } = service([DOWN, uploaded]);
	let reads = 0;
	const anew = { ...file, read: async () => Buffer.from(`read ${++reads}`) };

	expect(await inTime(async (piapi) => await piapi.upload(anew))).toBe('https://example.com/a.png');
	const url = `${ADDRESSES.uploadBaseUrl}/api/ephemeral_resource`;
	const files = ['read 1', 'read 2'].map((text) => Buffer.from(text).toString('base64'));
	const bodies = files.map((file_data) => ({ file_name: 'a.png', file_data }));
	expect(sent).toMatchObject(bodies.map((body) => ({ url, body })));
});

it('a create, which is paid, is sent once, and not taken back', async () => {
	const { codeIn, sent } = service([LIMITED]);

	expect(await codeIn(create)).toBe('tooManyRequests');
	expect(sent).toHaveLength(1);
	expect(sent[0]).toMatchObject({ method: 'POST', body: BODY, ignoreAbort: true });
});

it('a call that outlives a failed item is sent after it, and ends with a stop', async () => {
	const { clock, stop, inTime, codeIn, sent } = service([FOUND]);
	const outliving: Call = async (piapi) => await piapi.task(ID, { outlives: 'failure' });
	clock.abort();
	await inTime(outliving);
	stop.abort();

	expect(await codeIn(outliving)).toBe('stopped');
	expect(sent.map(({ ignoreAbort }) => ignoreAbort)).toEqual([false]);
});

it('a call that outlives a stop is sent at once, whoever has the turns', async () => {
	const { stop, virtual, inTime, sent } = service([FOUND], { concurrency: 1, latencyMs: 60_000 });
	await inTime(async (piapi) => {
		const created = create(piapi);
		await virtual.sleep(1_000);
		stop.abort();
		const cancelled = piapi.cancel(ID, { outlives: 'stop', timeoutMs: 5_000 });
		await Promise.all([created, cancelled]);
	});

	const cancel = { method: 'DELETE', ignoreAbort: true, timeoutMs: 5_000, atMs: 1_000 };
	expect(sent[1]).toMatchObject(cancel);
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

it('after a 429 all calls are held back for as long as PiAPI asks', async () => {
	const { piapi, inTime, sent } = service([LIMITED, FOUND], { concurrency: 1 });
	const calls = [piapi.task(ID), piapi.task(ID), piapi.create(BODY)];
	await inTime(async () => await Promise.all(calls));

	expect(sent).toHaveLength(4);
	for (const { atMs } of sent.slice(1)) expect(atMs).toBeGreaterThanOrEqual(30_000);
});

it.each([
	['for two seconds when it does not say', {}, 2_000],
	['for five minutes at most', { 'retry-after': '86400' }, 300_000],
])('a 429 holds calls back %s', async (_, headers, pauseMs) => {
	const { inTime, codeIn, sent } = service([{ ...LIMITED, headers }, FOUND]);
	await codeIn(readOnce);
	await inTime(read);

	expect(sent[1].atMs).toBe(pauseMs);
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
		await inTime(read);
		expect(off()).toBeLessThan(1_000);
	});

	it('is that of n8n where it is nearly the same, not told or not readable', async () => {
		const near = [1_500, 0, -1_500].map(dated);
		const unreadable = [undefined, 'yesterday', 17].map((date) => () => ({ date }));
		for (const headers of [...near, ...unreadable]) {
			const { piapi, virtual, inTime } = service([FOUND], { headers });
			await inTime(read);
			expect(piapi.now()).toBe(virtual.now());
		}
	});
});

describe.each<[string, unknown]>([
	['a page', '<html><title>Access denied</title></html>'],
	['nothing', ''],
	['a list', [{ code: 401 }]],
	['JSON in another form', { error: 'access_denied' }],
])('%s that is not in the envelope of PiAPI', (_, body) => {
	it.each([200, 204, 400, 401, 402, 403, 404, 405, 413])(
		'with status %d proves neither a wrong key nor a missing task',
		async (status) => {
			const { errorIn, codeIn } = service([{ status, body }]);
			const [aboutTask, aboutCreate] = [await errorIn(read), await errorIn(create)];

			expect([aboutTask.code, aboutCreate.code]).toEqual(['unreadable', 'unreadable']);
			// Every PiAPI has a task list.
			expect(await codeIn(list)).toBe(status === 404 ? 'notPiapi' : 'unreadable');
			expect(isRetryable(aboutTask)).toBe(true);
			expect(isDefinitelyNotCreated(aboutCreate)).toBe(false);
		},
	);

	it.each([
		[302, 'redirected'],
		[408, 'noAnswer'],
		[429, 'tooManyRequests'],
		[500, 'serviceDown'],
		[504, 'serviceDown'],
	])('keeps the meaning of status %d', async (status, code) => {
		const { errorIn } = service([{ status, body, headers: { 'retry-after': '7' } }]);
		const details = { httpStatus: status, retryAfterMs: 7000 };
		expect(await errorIn(readOnce)).toMatchObject({ code, details });
	});
});

it.each([
	[400, 'bad prompt', 'refusedInput'],
	[401, '', 'wrongKey'],
	[402, '', 'outOfBalance'],
	[403, 'Insufficient plan level', 'planTooLow'],
	[404, '', 'unknownTask'],
	[408, '', 'noAnswer'],
	[429, '', 'tooManyRequests'],
	[500, 'boom', 'serviceDown'],
	[500, 'failed to freeze point', 'outOfBalance'],
	[522, '', 'serviceDown'],
])('status %d with “%s” means the same as a code in a 200: %s', async (code, message, kind) => {
	const body = { code, data: null, message };
	expect(await service([{ status: code, body }]).codeIn(read)).toBe(kind);
	expect(await service([{ body }]).codeIn(read)).toBe(kind);
});

it.each([
	['Failed', 'no GPU left', 'generationFailed'],
	['Failed', 'failed to freeze point', 'outOfBalance'],
	['Failed', 'moderation', 'moderated'],
	['Failed', 'failed to fetch image', 'imageNotLoaded'],
	['pending', '', 'unreadable'],
])('a created task without an ID that is %s (“%s”) means: %s', async (status, message, code) => {
	const data = { task_id: '', status, error: { code: 1, message } };
	const error = await service([{ body: { code: 200, data } }]).errorIn(create);

	expect(error.code).toBe(code);
	expect(isDefinitelyNotCreated(error)).toBe(status === 'Failed');
	if (message) expect(error.details.providerMessage).toBe(message);
});

describe('a secret that is repeated in an answer', () => {
	it('is not in the words of a refusal, nor is a part of it at their end', async () => {
		const message = `${'x'.repeat(490)}${KEY}`;
		const { details } = await service([{ status: 401, body: { code: 401, message } }]).errorIn(
			read,
		);

		expect(details.providerMessage).not.toContain(KEY.slice(0, 5));
	});

	it('is neither in a task, which keeps its input, nor in the account', async () => {
		const input = { prompt: `a sign that says ${KEY}` };
		const data = { task_id: ID, input, logs: [{ [KEY]: KEY }], account_name: `key ${KEY}` };
		const { inTime } = service([{ body: { code: 200, data } }]);
		const { raw } = await inTime(async (piapi) => await piapi.task(ID));
		const { accountName } = await inTime(async (piapi) => await piapi.account());

		expect(raw).toEqual({ ...data, logs: [{ '[hidden]': '[hidden]' }], account_name: accountName });
		expect(accountName).toBe('key [hidden]');
	});
});

it.each([{ code: 404, message: 'not found' }, '<html>404</html>'])(
	'there is no PiAPI where the account is not found (%j)',
	async (body) => {
		const { codeIn } = service([{ status: 404, body }]);

		expect(await codeIn(account)).toBe('notPiapi');
		expect(await codeIn(async (piapi) => await piapi.activeTasks())).toBe('notPiapi');
	},
);

it('an upload that a proxy rejects is too large, and the Upload URL is checked when a page answers', async () => {
	const errorWith = async (status: number) =>
		await service([{ status, body: `<html>${status}</html>` }]).errorIn(upload);

	expect((await errorWith(413)).code).toBe('uploadRefused');
	expect((await errorWith(404)).remedy).toContain('Upload URL');
});
