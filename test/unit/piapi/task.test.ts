import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { simplifiedOrRaw, taskOutput } from '../../../nodes/Luma/jobs/output';
import { readAccount } from '../../../nodes/Luma/piapi/account';
import { isFinal, readStatus, readTask } from '../../../nodes/Luma/piapi/task';
import { rowsOf } from '../../../support/taskRows';

const ID = 'c42f6ec7-5f0b-4b8e-9d5e-0a4c7e1f2b3d';
const VIDEO = 'https://img.example.com/video.mp4?Expires=1&Signature=a~b_';
const RAW = 'https://img.example.com/raw.mp4';
const PLAIN = 'https://img.example.com/file?id=1';
const OTHER = 'https://a/2';
const PICTURE = 'https://img.example.com/picture.jpg';

const completed = (output: unknown) => readTask({ task_id: ID, status: 'completed', output })!;

const typed = (type: string, url: string) => ({ type, url });
const works = (video: object) => ({ works: [{ cover: { resource: PICTURE }, video }] });

describe('the video of a completed task', () => {
	it.each<[unknown, string | null, string?]>([
		[VIDEO, VIDEO],
		[{ video: { url: VIDEO, width: 1, height: 2 } }, VIDEO],
		[{ video: VIDEO, video_raw: { url: RAW } }, RAW, VIDEO],
		[{ generation: { video: { url: VIDEO, url_no_watermark: RAW } } }, RAW, VIDEO],
		[works({ resource: VIDEO, resource_without_watermark: RAW }), RAW, VIDEO],
		[{ works: [{ cover: { resource_without_watermark: PLAIN }, video: OTHER }] }, OTHER],
		[{ video: '', video_raw: { url: '' } }, null],
		[null, null],
		[{ result: { parts: [[`${RAW}?x=.jpg`]] } }, `${RAW}?x=.jpg`],
		[{ a: RAW, video_url: VIDEO }, VIDEO],
		[{ share: PLAIN, video: OTHER, url: RAW }, OTHER],
		[{ page: PLAIN, other: RAW }, RAW],
		[{ page: PLAIN, other: OTHER }, PLAIN],
		[{ assets: { image: PLAIN, video: OTHER } }, OTHER],
		[`{ "url": "${PLAIN}", "url_no_watermark": "${OTHER}" }`, OTHER, PLAIN],
		[{ resultJson: `{ "urls": ["https://a/1.png", "${OTHER}"] }` }, OTHER],
		[`https://a/1.png\n${OTHER}`, OTHER],
		['https://a/2.mp4?w=1,h=2,https://a/1.png', 'https://a/2.mp4?w=1,h=2'],
		['Your video: [here](https://a/2.mp4).', 'https://a/2.mp4'],
		[`<video src="${OTHER}"></video>`, OTHER],
		[[typed('image/jpeg', PICTURE), { mime_type: 'video/webm', url: PLAIN }], PLAIN],
		[[typed('image/jpeg', PLAIN), PICTURE], null],
		[{ link: `${PICTURE}?from=a.mp4` }, null],
		[{ link: 'http://img.example.com/video.mp4' }, null],
		[{ video: 'javascript:alert(1)' }, null],
	])(
		'has the best name, then is an MP4, then the first link, and no image: %j',
		(output, ...links) => {
			const { videoUrl, watermarkedVideoUrl } = completed(output);
			expect([videoUrl, watermarkedVideoUrl]).toEqual([links[0], links[1] ?? null]);
		},
	);

	it('is missing, and the task failed, when there is none and PiAPI gives a reason', () => {
		const told = { task_id: ID, status: 'completed', output: null };
		const failed = readTask({ ...told, error: { code: 10000, message: 'no GPU left' } })!;
		expect(failed).toMatchObject({ status: 'failed', failure: 'no GPU left', costUsd: 0 });
		const named = readTask({ ...told, error: { code: 'moderation_blocked', message: 'no' } });
		expect(named).toMatchObject({ status: 'failed', failure: 'no' });
		expect(readTask({ ...told, error: { code: 0 } })).toMatchObject({ status: 'completed' });
		const made = { ...told, output: 'https://a/1', error: { code: 10000, message: 'late' } };
		expect(readTask(made)).toMatchObject({ status: 'completed', failure: '' });
	});

	it('has its size beside it, in a form that is not known too', () => {
		const task = completed({ files: [{ href: VIDEO, width: 1360, height: 752 }] });
		expect(task).toMatchObject({ videoUrl: VIDEO, width: 1360, height: 752 });
	});

	it('is not looked for deeper than any video would be', () => {
		let output: unknown = VIDEO;
		for (let depth = 0; depth < 50_000; depth++) output = { inner: output };
		expect(completed(output).videoUrl).toBeNull();
	});

	it.each(['pending', 'processing', 'failed'])(
		'is in no unknown form of a task that is %s',
		(status) => {
			const task = readTask({ task_id: ID, status, output: { input_files: [VIDEO] } });
			expect(task?.videoUrl).toBeNull();
		},
	);
});

const host = fc.constantFrom('https://a.example', 'https://b.example', 'https://c.example:8443');
const word = fc.string({ unit: fc.constantFrom(...'abcxyz'), minLength: 1, maxLength: 6 });
const linkWith = (...ends: string[]) =>
	fc
		.tuple(host, fc.uuid(), fc.constantFrom(...ends))
		.map(([base, id, end]) => `${base}/${id}${end}`);
/** A link that is no image; each is another one. */
const link = linkWith('', '.mp4', '.webm', '?x=1.jpg', '/file');
const image = linkWith('.jpg?X=1', '.jpeg', '.png', '.webp', '.gif?X=1');
const name = fc.oneof(
	word,
	fc.constantFrom('url', 'video', 'result', 'data', 'files', 'output_url'),
);
const filler = fc.oneof(fc.constant(null), fc.string(), fc.integer(), fc.boolean(), image);

/** The value somewhere in objects and lists, with other things beside it. */
function wrapped(value: unknown): fc.Arbitrary<unknown> {
	const layer = fc.record({ name, isList: fc.boolean(), beside: fc.dictionary(word, filler) });
	return fc
		.array(layer, { maxLength: 6 })
		.map((layers) =>
			layers.reduce(
				(inner: unknown, { isList, beside, name: own }) =>
					isList ? [...Object.values(beside), inner] : { ...beside, [own]: inner },
				value,
			),
		);
}

it('the video is the only link that is no image, wherever it stands and whatever its name is', () => {
	const output = link.chain((url) => wrapped(url).map((value) => ({ url, value })));
	fc.assert(
		fc.property(output, ({ url, value }) => {
			const { videoUrl, watermarkedVideoUrl } = completed(value);
			expect([videoUrl, watermarkedVideoUrl]).toEqual([url, null]);
		}),
		{ numRuns: 1_000 },
	);
});

it('the video is the clean one where there are two, wherever they stand and in either order', () => {
	const cleanName = fc.constantFrom('url_no_watermark', 'resource_without_watermark');
	const both = fc
		.tuple(fc.tuple(cleanName, link), fc.tuple(name, link), fc.boolean())
		.filter(([[, clean], [, marked]]) => clean !== marked)
		.chain(([clean, marked, isFirst]) => {
			const entries = isFirst ? [clean, marked] : [marked, clean];
			const links = [clean[1], marked[1]];
			return wrapped(Object.fromEntries(entries)).map((value) => ({ value, links }));
		});
	fc.assert(
		fc.property(both, ({ value, links }) => {
			const { videoUrl, watermarkedVideoUrl } = completed(value);
			expect([videoUrl, watermarkedVideoUrl]).toEqual(links);
		}),
		{ numRuns: 1_000 },
	);
});

it('the status of a task is said in other words too, and is final only at those that mean an end', () => {
	const final = {
		completed: ['Completed', 'complete', 'success', 'succeeded', 'succeed', 'Done', 'Finished'],
		failed: ['FAILED', 'failure', 'fail', 'error', 'rejected', 'timeout'],
		cancelled: ['cancelled', 'canceled'],
	};
	const words = Object.entries({ ...final, staged: ['staged'], pending: ['Pending'] });
	const others = [undefined, 'retry', 'in_progress', 'error?'];
	const known = fc.constantFrom(...others, ...words.flatMap(([, said]) => said));
	fc.assert(
		fc.property(fc.oneof(fc.string(), known), (said) => {
			const isSaid = (word: string) => word.toLowerCase() === said?.trim().toLowerCase();
			const [status = 'processing'] = words.find(([, own]) => own.some(isSaid)) ?? [];
			expect(readStatus(said)).toBe(status);
			expect(isFinal(readTask({ task_id: ID, status: said })!)).toBe(status in final);
		}),
		{ numRuns: 1_000 },
	);
});

it('says null, never "" or the year 1, for what is not known yet', () => {
	const task = readTask({
		task_id: ID,
		status: 'pending',
		input: { prompt: '' },
		output: { video: { url: '', width: 0, height: 0 }, thumbnail: null, last_frame: '' },
		meta: {
			created_at: '2026-01-07T01:36:08.845623268Z',
			started_at: '0001-01-01T00:00:00Z',
			ended_at: '0001-01-01T00:00:00Z',
		},
	});

	expect(task).toMatchObject({
		...{ videoUrl: null, thumbnailUrl: null, lastFrameUrl: null, width: null, height: null },
		...{ prompt: null, costUsd: null, startedAt: null, completedAt: null },
		createdAt: Date.UTC(2026, 0, 7, 1, 36, 8, 845),
	});
});

it('reads an ID that is a number', async () => {
	const answer = { task_id: 4711_0815, status: 'completed' };
	const ids = [readTask(answer)!, ...(await rowsOf([answer]))].map(({ taskId }) => taskId);
	expect(ids).toEqual(['47110815', '47110815']);
});

it('reads input.user_prompt as the prompt, as an older report names it', () => {
	const promptOf = (input: object) => readTask({ task_id: ID, input })?.prompt;
	expect(promptOf({ user_prompt: 'a fox' })).toBe('a fox');
	expect(promptOf({ prompt: 'a fox', user_prompt: 'a hen' })).toBe('a fox');
});

it.each([
	[{ error: 'one' }, 'one'],
	[{ error: '', detail: 'two' }, 'two'],
	[{ error: { detail: 'three' }, logs: 'first\nlast\n' }, 'three: last'],
	[
		{ error: { message: 'a', raw_message: 'b', detail: 'c' }, detail: 'd', logs: ['x', 'e', ''] },
		'a: b: c: d: e',
	],
	[{ error: { message: 'Try again.', raw_message: 'no.' } }, 'Try again: no.'],
	[{ error: { message: 'a.', raw_message: 'a.' }, detail: 'b', logs: ['b'] }, 'a: b'],
	[{ error: { code: 0, message: '', detail: null }, logs: ['luma: rejected'] }, 'luma: rejected'],
	[{ error: { code: 1 }, detail: {}, logs: [{}, 7] }, ''],
	[{ error: [{ message: 'a' }], detail: [{ msg: 'b' }], logs: [{ message: 'c' }] }, 'a: b: c'],
	[{}, ''],
])('the reason of a failed task is in any of its places, and said once: %j', (parts, reason) => {
	expect(readTask({ task_id: ID, status: 'failed', ...parts })!.failure).toBe(reason);
});

it.each([
	[{ id: 1, equivalent_in_usd: 9.8, max_concurrent_task_count: 3, max_luma_concurrency: 5 }, 5],
	[{ id: 1, wallet: { point_remain: 98_000_000 } }, null],
])('an account is read as a page or a client of PiAPI shows it: %j', (info, concurrencyLimit) => {
	expect(readAccount(info)).toMatchObject({ accountId: '1', balanceUsd: 9.8, concurrencyLimit });
});

it('the secret of the webhook is read, to be compared, and is in no output item', () => {
	const secret = ['hush', '0815'].join('-');
	const config = { service_mode: 'public', webhook_config: { endpoint: 'https://a.b/c', secret } };
	const task = readTask({ task_id: '1', status: 'completed', config })!;

	expect(task.webhookSecret).toBe(secret);
	for (const output of [true, false].map((each) => taskOutput(task, simplifiedOrRaw(each)))) {
		expect(output).not.toHaveProperty('webhookSecret');
		expect(JSON.stringify(output)).not.toContain(secret);
	}
	expect(taskOutput(task, { type: 'raw' })).toHaveProperty('task.config.webhook_config.endpoint');
});

it.each([[undefined], [{}], [{ webhook_config: {} }], [{ webhook_config: { secret: '' } }]])(
	'the secret of the webhook is null where PiAPI tells none (%j)',
	(config) => {
		expect(readTask({ task_id: '1', config })?.webhookSecret).toBeNull();
	},
);
