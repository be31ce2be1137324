import { describe, expect, it } from '@jest/globals';

import { PiapiError, isDefinitelyNotCreated } from '../../../nodes/Luma/piapi/errors';
import { n8nTransport } from '../../../nodes/Luma/piapi/http';
import { mediaStore, MP4 } from '../../../nodes/Luma/piapi/media';
import { RunClock, systemClock } from '../../../nodes/Luma/runtime/clock';
import { RateLimiter } from '../../../nodes/Luma/runtime/turns';
import { useBinaryStore } from '../../../support/engine/binaryData';
import { executeContext, hookContext } from '../../../support/engine/context';
import { SLOW, startHost } from '../../../support/engine/mediaHost';

const TIMEOUT_MS = 300;

const readOf = (url: string, timeoutMs = TIMEOUT_MS) =>
	({ method: 'GET', url: `${url}/api/v1/task/1`, timeoutMs }) as const;
const createOf = (url: string) =>
	({
		method: 'POST',
		url: `${url}/api/v1/task`,
		body: { model: 'luma' },
		timeoutMs: TIMEOUT_MS,
		ignoreAbort: true,
	}) as const;

describe.each([
	['while the node runs', executeContext],
	['from a webhook or at an activation', hookContext],
] as const)('a request %s', (_, contextFor) => {
	it.each(['headers', 'body'] as const)(
		'has an end although its %s come byte by byte',
		async (part) => {
			const { url, left } = await startHost(SLOW[part], 'bytes');

			await expect(n8nTransport(contextFor({ url }))(readOf(url))).rejects.toMatchObject({
				code: 'noAnswer',
				details: { technicalDetail: 'no complete answer within 0.3 s' },
			});
			await expect(left).resolves.toBe('left');
		},
	);
});

it('a stop ends a read at once', async () => {
	const stop = new AbortController();
	const { url, reached, left } = await startHost(SLOW.body, 'bytes');
	const send = n8nTransport(executeContext({ url, stopSignal: stop.signal }));
	const reading = send(readOf(url, 600_000));
	void reached.then(() => stop.abort());

	await expect(reading).rejects.toMatchObject({ code: 'noAnswer' });
	await expect(left).resolves.toBe('left');
	await expect(send(readOf(url, 600_000))).rejects.toMatchObject({ code: 'noAnswer' });
});

it('a stop does not end a create, only its time does: then it may have been created', async () => {
	const { url, left } = await startHost(SLOW.body, 'bytes');
	const context = executeContext({ url, stopSignal: AbortSignal.abort() });
	const outcome = await n8nTransport(context)(createOf(url)).catch((error: unknown) => error);

	expect(outcome).toBeInstanceOf(PiapiError);
	expect(outcome).toMatchObject({
		details: { technicalDetail: 'no complete answer within 0.3 s' },
	});
	expect(isDefinitelyNotCreated(outcome as PiapiError)).toBe(false);
	await expect(left).resolves.toBe('left');
});

describe('a download', () => {
	useBinaryStore('filesystem');
	const clock = new RunClock(systemClock);
	const limiter = new RateLimiter(1, clock);
	const pace = { windowMs: TIMEOUT_MS, bytesPerWindow: 1_000 };
	const head = `\0\0\0\x20ftypisom${'\0'.repeat(60)}`;

	it.each([
		['the headers', SLOW.headers, /no complete answer within 0\.3 s/],
		['the first bytes', SLOW.video, /no data for 0\.3 s|less than 1000 bytes/],
		['the file', SLOW.video + head, /less than 1000 bytes in 0\.3 s/],
	])('has an end although %s come byte by byte', async (_, beginning, detail) => {
		const { url, left } = await startHost(beginning, 'bytes');
		const storeFile = mediaStore(executeContext({ url }), { clock, limiter, pace });
		const file = { url: `${url}/clip.mp4`, stem: 'clip', type: MP4, maxBytes: 10_000_000 };

		await expect(storeFile(file)).rejects.toMatchObject({
			code: 'downloadBrokeOff',
			details: { technicalDetail: expect.stringMatching(detail) },
		});
		await expect(left).resolves.toBe('left');
	});
});
