/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { describe, expect, it } from '@jest/globals';
import { sleep, type IDataObject, type IExecuteFunctions } from 'n8n-workflow';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import { JPG, mediaStore, MP4, type Pace } from '../../../nodes/Luma/piapi/media';
import { RunClock, type Clock } from '../../../nodes/Luma/runtime/clock';
import { RateLimiter } from '../../../nodes/Luma/runtime/turns';

interface HostAnswer {
	statusCode?: number;
	headers?: IDataObject;
	body?: Readable;
}

/** n8n with media hosts that answer like this, one after the other. */
function contextWith(
	answers: HostAnswer[],
	prepareBinaryData: (stream: Readable, name: string, type: string) => Promise<unknown> = buffer,
) {
	const asked: string[] = [];
	const httpRequest = async ({ url }: { url: string }) => {
		asked.push(url);
		return { statusCode: 200, headers: {}, body: Readable.from([]), ...answers.shift() };
	};
	const context = { helpers: { httpRequest, prepareBinaryData } } as unknown as IExecuteFunctions;
	return { context, asked };
}

const badLink = (technicalDetail?: string) => ({
	code: 'badLink',
	...(technicalDetail && { details: { technicalDetail } }),
});

const file = { url: 'https://media.example.com/a.mp4', stem: 'a', type: MP4, maxBytes: 1000 };

/** Time in which no attempt has to wait for the one before it. */
const impatient: Clock = { now: () => Date.now(), sleep: async () => {} };

function storeWith(context: IExecuteFunctions, pace?: Pace, clock = new RunClock(impatient)) {
	return mediaStore(context, { clock, limiter: new RateLimiter(2, clock), pace });
}

/** A file that begins so, and is long enough to be one. */
function bytesOf(beginning: string): Buffer {
	return Buffer.concat([Buffer.from(beginning, 'latin1'), Buffer.alloc(100)]);
}

const VIDEO = bytesOf('\0\0\0\x20ftypisom');

it('aborts a download without progress', async () => {
	const stalled = () => {
		const body = new Readable({ read() {} });
		body.push(VIDEO);
		return { body };
	};
	const { context } = contextWith([stalled(), stalled(), stalled()]);
	const storeFile = storeWith(context, { windowMs: 50, bytesPerWindow: 1 });

	await expect(storeFile(file)).rejects.toMatchObject({
		code: 'downloadBrokeOff',
		details: { technicalDetail: 'no data for 0.05 s' },
	});
});

it('does not abort a download that is slow', async () => {
	const body = new Readable({ read() {} });
	const sending = (async () => {
		body.push(VIDEO);
		for (const byte of VIDEO) {
			body.push(Buffer.from([byte]));
			await sleep(5);
		}
		body.push(null);
	})();
	const { context } = contextWith([{ body }]);
	// However busy the machine, a byte is due before the time in which there has to be one is over.
	const storeFile = storeWith(context, { windowMs: 100, bytesPerWindow: 1 });

	await expect(storeFile(file)).resolves.toEqual(Buffer.concat([VIDEO, VIDEO]));
	await sending;
});

it('tells a store that is full from a download that broke off', async () => {
	const body = Readable.from([VIDEO]);
	const { context } = contextWith([{ body }], async () => {
		throw new Error('ENOSPC: no space left on device');
	});

	await expect(storeWith(context)(file)).rejects.toMatchObject({
		code: 'notStored',
		details: { technicalDetail: 'ENOSPC: no space left on device' },
	});
	expect(body.destroyed).toBe(true);
});

describe('a download that breaks off', () => {
	const broken = () => ({ body: Readable.from([]) });

	it('is tried three times', async () => {
		const video = { body: Readable.from([VIDEO]) };
		const { context, asked } = contextWith([{ statusCode: 503 }, broken(), video]);
		const none = contextWith([]);

		await expect(storeWith(context)(file)).resolves.toEqual(VIDEO);
		await expect(storeWith(none.context)(file)).rejects.toMatchObject({ code: 'downloadBrokeOff' });
		expect(asked).toHaveLength(3);
		expect(none.asked).toHaveLength(3);
	});

	it('is left alone when the run ends, and no other one begins', async () => {
		const clock: RunClock = new RunClock({ ...impatient, sleep: async () => clock.abort() });
		const { context, asked } = contextWith([broken()]);
		const storeFile = storeWith(context, undefined, clock);

		await expect(storeFile(file)).rejects.toMatchObject({ code: 'downloadBrokeOff' });
		await expect(storeFile(file)).rejects.toMatchObject({ code: 'stopped' });
		expect(asked).toHaveLength(1);
	});
});

it('has at most as many downloads under way as its limiter allows', async () => {
	let active = 0;
	let most = 0;
	const { context } = contextWith(
		Array.from({ length: 6 }, () => ({ body: Readable.from([VIDEO]) })),
		async (stream) => {
			most = Math.max(most, ++active);
			await buffer(stream);
			active--;
		},
	);
	const storeFile = storeWith(context);
	await Promise.all(Array.from({ length: 6 }, async () => await storeFile(file)));

	expect(most).toBe(2);
});

describe('what a file is', () => {
	it.each([
		['an MP4', MP4, '\0\0\0\x20ftypisom', 'a.mp4', 'video/mp4'],
		['a QuickTime video', MP4, '\0\0\0\x14ftypqt  ', 'a.mov', 'video/quicktime'],
		['a WebM', MP4, '\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm', 'a.webm', 'video/webm'],
		['a Matroska', MP4, '\x1a\x45\xdf\xa3\xa3\x42\x82\x88matroska', 'a.mkv', 'video/x-matroska'],
		['a JPG', JPG, '\xff\xd8\xff\xe0', 'a.jpg', 'image/jpeg'],
		['a PNG', JPG, '\x89PNG\r\n\x1a\n', 'a.png', 'image/png'],
		['a WebP', JPG, 'RIFF\x10\0\0\0WEBP', 'a.webp', 'image/webp'],
		['a GIF', JPG, 'GIF89a', 'a.gif', 'image/gif'],
	])('is told by its first bytes: %s', async (_, type, beginning, name, mimeType) => {
		const stored: unknown[] = [];
		const headers = { 'content-type': 'text/html' };
		const answer = { headers, body: Readable.from([bytesOf(beginning)]) };
		const { context } = contextWith([answer], async (stream, ...details) => {
			stored.push(await buffer(stream), ...details);
		});
		await storeWith(context)({ ...file, type });

		expect(stored).toEqual([bytesOf(beginning), name, mimeType]);
	});

	it.each([
		['a page', MP4, '<!DOCTYPE html><html>'],
		['JSON', MP4, '{"code":500}'],
		['a picture in place of a video', MP4, '\xff\xd8\xff\xe0'],
		['a picture in the container of MP4', MP4, '\0\0\0\x20ftypavif'],
		['sound in the container of MP4', MP4, '\0\0\0\x20ftypM4A '],
		['a video in place of a picture', JPG, '\0\0\0\x20ftypisom'],
		['a script', JPG, '<svg onload="alert(1)">'],
	])('is not what its host declares: %s is not stored', async (_, type, beginning) => {
		let stored = 0;
		const headers = { 'content-type': type.mimeType };
		const body = Readable.from([bytesOf(beginning)]);
		const { context } = contextWith([{ headers, body }], async () => stored++);

		await expect(storeWith(context)({ ...file, type })).rejects.toMatchObject(badLink());
		expect(stored).toBe(0);
		expect(body.destroyed).toBe(true);
	});

	it('is whole in however many parts it begins, if that is enough for a video', async () => {
		const parts = [...VIDEO].map((byte) => Buffer.from([byte]));
		const bodies = [parts, parts.slice(0, 20)].map((sent) => ({ body: Readable.from(sent) }));
		const storeFile = storeWith(contextWith(bodies).context);

		await expect(storeFile(file)).resolves.toEqual(VIDEO);
		await expect(storeFile(file)).rejects.toMatchObject(badLink());
	});
});

describe('a redirect', () => {
	const { url: internet } = file;
	const elsewhere = 'https://cdn.example.com/b.mp4';
	const inside = 'http://nas.local';
	const PRIVATE = 'redirected into a private network';
	const NOWHERE = 'a redirect without an address';

	it.each<[string, string | undefined, string | undefined]>([
		[internet, elsewhere, undefined],
		[`${inside}/a.mp4`, '/b.mp4', undefined],
		// Which networks are private: test/unit/piapi/addresses.test.ts.
		[internet, 'http://localhost./a.mp4', PRIVATE],
		[internet, 'http://169.254.169.254/latest/meta-data/', PRIVATE],
		[internet, '', NOWHERE],
		[internet, undefined, NOWHERE],
	])('from %s to %s leads into no private network from outside', async (url, location, refusal) => {
		const first = { statusCode: 302, headers: { ...(location !== undefined && { location }) } };
		const { context, asked } = contextWith([first, { body: Readable.from([VIDEO]) }]);
		const outcome = await storeWith(context)({ ...file, url }).catch((error: unknown) => error);

		if (refusal) expect(outcome).toMatchObject(badLink(refusal));
		else expect(outcome).toEqual(VIDEO);
		expect(asked).toEqual(refusal ? [url] : [url, new URL(location!, url).href]);
	});

	it('out of a private network leads not back into it', async () => {
		const locations = [elsewhere, `${inside}/c.mp4`];
		const { context } = contextWith(
			locations.map((location) => ({ statusCode: 302, headers: { location } })),
		);
		const stored = storeWith(context)({ ...file, url: `${inside}/a.mp4` });
		await expect(stored).rejects.toMatchObject(badLink(PRIVATE));
	});
});
