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

/** A client of a PiAPI that answers everything with that. */
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

const readError = async (answer: Partial<PiapiResponse>) =>
	await errorOf(clientOf(answer).task(ID));

describe.each<[string, unknown]>([
	['a page', '<html><title>Access denied</title></html>'],
	['nothing', ''],
	['a list', [{ code: 401 }]],
	['JSON in another form', { error: 'access_denied' }],
])('%s that is not in the envelope of PiAPI', (_, body) => {
	it.each([200, 204, 400, 401, 402, 403, 404, 405, 413])(
		'with status %d proves neither a wrong key nor a missing task',
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
	])('keeps the meaning of status %d', async (status, code) => {
		const error = await readError({ status, body, headers: { 'retry-after': '7' } });
		expect(error).toMatchObject({ code, details: { httpStatus: status, retryAfterMs: 7000 } });
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
	expect((await readError({ status: code, body })).code).toBe(kind);
	expect((await readError({ body })).code).toBe(kind);
});

it.each([500, 502, 503, 504, 520, 524])(
	'a create with status %d may have made one',
	async (code) => {
		const error = await errorOf(clientOf({ status: code, body: { code } }).create(BODY));
		expect(isDefinitelyNotCreated(error)).toBe(false);
	},
);

describe('a create that is answered with a task without an id', () => {
	it.each([
		['no GPU left', 'generationFailed'],
		['failed to freeze point', 'outOfBalance'],
		['moderation', 'moderated'],
		['failed to fetch image', 'imageNotLoaded'],
	])('made nothing when that has failed (“%s”)', async (message, code) => {
		const data = { task_id: '', status: 'Failed', error: { code: 1, message } };
		const error = await errorOf(clientOf({ body: { code: 200, data } }).create(BODY));

		expect(error).toMatchObject({ code, details: { providerMessage: message } });
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
		const { details } = await readError({ status: 401, body: { code: 401, message } });

		expect(details.providerMessage).not.toContain(KEY.slice(0, 5));
	});

	it('is neither in the words of a failed task nor in its raw form, which keeps its input', async () => {
		const data = {
			task_id: ID,
			status: 'failed',
			input: { prompt: `a sign that says ${KEY}` },
			error: { message: `x-api-key ${KEY} refused` },
			logs: [{ headers: { 'x-api-key': KEY } }],
		};
		const { failure, raw } = await clientOf({ body: { code: 200, data } }).task(ID);
		const { input, ...rest } = raw;

		expect(failure).toBe('x-api-key [hidden] refused');
		expect(JSON.stringify(rest)).not.toContain(KEY);
		expect(input).toEqual(data.input);
		expect(Object.keys(raw)).toEqual(Object.keys(data));
	});

	it('is not in the account either', async () => {
		const data = { account_name: `key ${KEY}`, plan: 'creator' };
		const { accountName } = await clientOf({ body: { code: 200, data } }).account();

		expect(accountName).toBe('key [hidden]');
	});
});

it.each([{ code: 404, message: 'not found' }, '<html>404</html>'])(
	'there is no PiAPI where the account is not found (%j)',
	async (body) => {
		const client = clientOf({ status: 404, body });

		expect((await errorOf(client.account())).code).toBe('notPiapi');
		expect((await errorOf(client.activeTasks())).code).toBe('notPiapi');
	},
);

describe('an upload', () => {
	const errorWith = async (status: number) => {
		const client = clientOf({ status, body: `<html>${status}</html>` });
		return await errorOf(client.upload({ name: 'a.png', read: async () => Buffer.from('a') }));
	};

	it('explains that a proxy rejected it as too large', async () => {
		expect((await errorWith(413)).code).toBe('uploadRefused');
	});

	it('points to the Upload URL when something other than PiAPI answers', async () => {
		expect((await errorWith(404)).remedy).toContain('Upload URL');
	});
});
