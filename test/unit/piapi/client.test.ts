import { describe, expect, it } from '@jest/globals';

import { PiapiClient } from '../../../nodes/Luma/piapi/client';
import { isRetryable, PiapiError, isDefinitelyNotCreated } from '../../../nodes/Luma/piapi/errors';
import type { PiapiResponse } from '../../../nodes/Luma/piapi/http';
import { Redactor } from '../../../nodes/Luma/piapi/redact';
import { RunClock, type Clock } from '../../../nodes/Luma/runtime/clock';
import { RateLimiter } from '../../../nodes/Luma/runtime/turns';

const ADDRESS = 'https://api.piapi.ai';
const KEY = 'a-very-private-key';
const ID = 'c42f6ec7-0000-4b8e-9d5e-000000000000';
const BODY = { model: 'luma', task_type: 'video_generation', input: {} } as const;

function clientOf(answer: Partial<PiapiResponse>): PiapiClient {
	const transport = async () => ({ status: 200, headers: {}, body: '', ...answer });
	// No attempt has to wait for the one before it.
	const impatient: Clock = { now: () => Date.now(), sleep: async () => {} };
	const clock = new RunClock(impatient);
	const limiter = new RateLimiter(5, clock);
	const redactor = new Redactor([KEY]);
	const addresses = { baseUrl: ADDRESS, uploadBaseUrl: ADDRESS };
	return new PiapiClient(addresses, { transport, clock, limiter, redactor });
}

async function errorOf(work: Promise<unknown>): Promise<PiapiError> {
	const outcome = await work.catch((error: unknown) => error);
	expect(outcome).toBeInstanceOf(PiapiError);
	return outcome as PiapiError;
}

const PAGES: Array<[string, unknown]> = [
	['a page', '<html><title>Access denied</title></html>'],
	['nothing', ''],
	['a list', [{ code: 401 }]],
	['JSON in another form', { error: 'access_denied' }],
];

describe.each(PAGES)('%s that is not in the envelope of PiAPI', (_, body) => {
	it.each([200, 204, 400, 401, 402, 403, 404, 405, 413])(
		'says nothing about a task or a key, with status %d',
		async (status) => {
			const client = clientOf({ status, body });
			const read = await errorOf(client.task(ID));
			const list = await errorOf(client.tasks().next());
			const create = await errorOf(client.create(BODY));

			expect([read.code, create.code]).toEqual(['unreadable', 'unreadable']);
			// Every PiAPI has a task list.
			expect(list.code).toBe(status === 404 ? 'notPiapi' : 'unreadable');
			expect(isRetryable(read)).toBe(true);
			expect(isDefinitelyNotCreated(create)).toBe(false);
		},
	);

	it.each([
		[302, 'redirected'],
		[408, 'noAnswer'],
		[429, 'tooManyRequests'],
		[500, 'serviceDown'],
		[504, 'serviceDown'],
	])('keeps the meaning of status %d', async (status, kind) => {
		const headers = { 'retry-after': '7' };
		const error = await errorOf(clientOf({ status, body, headers }).task(ID));

		expect(error).toMatchObject({
			code: kind,
			details: { httpStatus: status, retryAfterMs: 7000 },
		});
	});
});

it.each([
	[400, 'refusedInput'],
	[401, 'wrongKey'],
	[402, 'outOfBalance'],
	[403, 'planTooLow'],
	[404, 'unknownTask'],
])('PiAPI itself means something with status %d, and as a code in a 200', async (code, kind) => {
	const body = { code, data: null, message: 'so it is' };

	expect((await errorOf(clientOf({ status: code, body }).task(ID))).code).toBe(kind);
	expect((await errorOf(clientOf({ status: 200, body }).task(ID))).code).toBe(kind);
});

describe('a create that is answered with a task that failed before it had an id', () => {
	it.each([
		['no GPU left', 'generationFailed'],
		['failed to freeze point', 'outOfBalance'],
		['moderation', 'moderated'],
		['failed to fetch image', 'imageNotLoaded'],
	])('made nothing (“%s”)', async (message, kind) => {
		const data = { task_id: '', status: 'Failed', error: { code: 1, message } };
		const error = await errorOf(clientOf({ body: { code: 200, data } }).create(BODY));

		expect(error).toMatchObject({ code: kind, details: { providerMessage: message } });
		expect(isDefinitelyNotCreated(error)).toBe(true);
	});

	it('may have created one when it does not say that it failed', async () => {
		const data = { task_id: '', status: 'pending' };
		const error = await errorOf(clientOf({ body: { code: 200, data } }).create(BODY));

		expect(isDefinitelyNotCreated(error)).toBe(false);
	});
});

describe('a secret that is repeated in an answer', () => {
	it('is not in the words of a refusal, nor is a part of it at their end', async () => {
		const message = `${'x'.repeat(490)}${KEY}`;
		const { details } = await errorOf(
			clientOf({ status: 401, body: { code: 401, message } }).task(ID),
		);

		expect(details.providerMessage).not.toContain(KEY.slice(0, 5));
	});

	it('is neither in the words of a failed task nor in its raw form, which keeps its input', async () => {
		const task = {
			task_id: ID,
			status: 'failed',
			input: { prompt: `a sign that says ${KEY}` },
			error: { message: `x-api-key ${KEY} refused` },
			logs: [{ headers: { 'x-api-key': KEY } }],
		};
		const { failure, raw } = await clientOf({ body: { code: 200, data: task } }).task(ID);
		const { input, ...rest } = raw;

		expect(failure).toBe('x-api-key [hidden] refused');
		expect(JSON.stringify(rest)).not.toContain(KEY);
		expect(input).toEqual(task.input);
		expect(Object.keys(raw)).toEqual(Object.keys(task));
	});

	it('is not in the account either', async () => {
		const data = { account_name: `key ${KEY}`, plan: 'creator' };

		expect(await clientOf({ body: { code: 200, data } }).account()).toMatchObject({
			accountName: 'key [hidden]',
		});
	});
});

it.each([
	[404, { code: 404, message: 'not found' }],
	[404, '<html>404</html>'],
])('there is no PiAPI where the account is not found (%d %j)', async (status, body) => {
	const client = clientOf({ status, body });

	expect((await errorOf(client.account())).code).toBe('notPiapi');
	expect((await errorOf(client.activeTasks())).code).toBe('notPiapi');
});

describe('an upload', () => {
	const file = { name: 'a.png', read: async () => Buffer.from('a') };

	it('explains that a proxy rejected it as too large', async () => {
		const client = clientOf({ status: 413, body: '<html>413</html>' });
		expect((await errorOf(client.upload(file))).code).toBe('uploadRefused');
	});

	it('points to the Upload URL when something other than PiAPI answers', async () => {
		const client = clientOf({ status: 404, body: '<html>404</html>' });
		expect((await errorOf(client.upload(file))).remedy).toContain('Upload URL');
	});
});
