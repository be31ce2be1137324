/* eslint-disable @n8n/community-nodes/no-restricted-globals */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { readAccount } from '../../../nodes/Luma/piapi/account';
import { classifyFailure } from '../../../nodes/Luma/piapi/errors';
import { readTask, type TaskStatus } from '../../../nodes/Luma/piapi/task';
import { listTasks, readTaskPage } from '../../../nodes/Luma/piapi/taskList';
import { kindOf } from '../../../nodes/Luma/jobs/spending/price';
import answers from './answers.json';

const ID = 'c42f6ec7';
const IMAGE_ENDS = ['.jpg', '.jpeg', '.png', '.webp', '.gif'];

describe('an answer as a page or a client of PiAPI shows it', () => {
	it.each(answers.tasks)('is read rightly: task $id', ({ answer, right }) => {
		const task = readTask(answer)!;
		expect({ ...task, kind: classifyFailure(task.failure) }).toMatchObject(right);
	});

	it.each(answers.accounts)('is read rightly: account $id', ({ answer, right }) => {
		const account = readAccount(answer);
		expect({ ...account, maxConcurrentTasks: account.concurrencyLimit }).toMatchObject(right);
	});
});

const host = fc.constantFrom(
	'https://a.example',
	'https://img.b.example',
	'https://c.example:8443',
);
const word = fc.string({ unit: fc.constantFrom(...'abcxyz'), minLength: 1, maxLength: 6 });
/** A link that is no image; each is another one. */
const link = fc
	.tuple(host, fc.uuid(), fc.constantFrom('', '.mp4', '.webm', '?x=1.jpg', '/file'))
	.map(([base, id, end]) => `${base}/${id}${end}`);
const image = fc
	.tuple(host, fc.uuid(), fc.constantFrom(...IMAGE_ENDS))
	.map(([base, id, end]) => `${base}/${id}${end}?X=1`);
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
				(inner: unknown, layer) =>
					layer.isList
						? [...Object.values(layer.beside), inner]
						: { ...layer.beside, [layer.name]: inner },
				value,
			),
		);
}

describe('the video of a completed task', () => {
	const completed = (output: unknown) => readTask({ task_id: ID, status: 'completed', output })!;

	it('is the only link that is no image, wherever it stands and whatever its name is', () => {
		const output = link.chain((url) => wrapped(url).map((value) => ({ url, value })));
		fc.assert(
			fc.property(output, ({ url, value }) => {
				const task = completed(value);
				expect([task.videoUrl, task.watermarkedVideoUrl]).toEqual([url, null]);
			}),
			{ numRuns: 1_000 },
		);
	});

	it('is the clean one where there are two, wherever they stand and in either order', () => {
		const cleanName = fc.constantFrom('url_no_watermark', 'resource_without_watermark');
		const both = fc
			.record({ clean: link, marked: link, cleanName, markedName: name, isFirst: fc.boolean() })
			.filter(({ clean, marked }) => clean !== marked)
			.chain(({ clean, marked, cleanName: own, markedName, isFirst }) => {
				const entries = [
					[own, clean],
					[markedName, marked],
				];
				const pair = Object.fromEntries(isFirst ? entries : entries.reverse()) as object;
				return wrapped(pair).map((value) => ({ value, clean, marked }));
			});
		fc.assert(
			fc.property(both, ({ value, clean, marked }) => {
				const task = completed(value);
				expect([task.videoUrl, task.watermarkedVideoUrl]).toEqual([clean, marked]);
			}),
			{ numRuns: 1_000 },
		);
	});

	it.each([
		[{ share: 'https://a/1', video: 'https://a/2', url: 'https://a/3.mp4' }, 'https://a/2'],
		[{ page: 'https://a/1', other: 'https://a/2.mp4' }, 'https://a/2.mp4'],
		[{ page: 'https://a/1', other: 'https://a/2' }, 'https://a/1'],
		[{ assets: { image: 'https://a/1', video: 'https://a/2' } }, 'https://a/2'],
		[['https://a/1.png', 'https://a/2'], 'https://a/2'],
		['{ "url": "https://a/1", "url_no_watermark": "https://a/2" }', 'https://a/2'],
		[{ resultJson: '{ "urls": ["https://a/1.png", "https://a/2"] }' }, 'https://a/2'],
		['https://a/1.png\nhttps://a/2', 'https://a/2'],
		['https://a/2.mp4?w=1,h=2,https://a/1.png', 'https://a/2.mp4?w=1,h=2'],
		['Your video: [here](https://a/2.mp4).', 'https://a/2.mp4'],
		['<video src="https://a/2"></video>', 'https://a/2'],
		[
			{
				works: [
					{
						cover: { resource_without_watermark: 'https://a/1' },
						video: { resource: 'https://a/2' },
					},
				],
			},
			'https://a/2',
		],
	])('is the one with the best name of several, then an MP4, then the first: %j', (output, url) => {
		expect(completed(output).videoUrl).toBe(url);
	});

	it('is missing, and the task failed, when there is none and PiAPI gives a reason', () => {
		const answer = { task_id: ID, status: 'completed', output: null };
		const failed = readTask({ ...answer, error: { code: 10000, message: 'no GPU left' } })!;
		expect(failed).toMatchObject({ status: 'failed', failure: 'no GPU left', costUsd: 0 });
		const named = readTask({ ...answer, error: { code: 'moderation_blocked', message: 'no' } });
		expect(named).toMatchObject({ status: 'failed', failure: 'no' });
		expect(readTask({ ...answer, error: { code: 0 } })).toMatchObject({ status: 'completed' });
		const made = { ...answer, output: 'https://a/1', error: { code: 10000, message: 'late' } };
		expect(readTask(made)).toMatchObject({ status: 'completed', failure: '' });
	});
});

describe('the reason of a failed task', () => {
	const reasonOf = (parts: object) =>
		readTask({ task_id: ID, status: 'failed', ...parts })!.failure;

	it.each([
		[{ error: 'one' }, 'one'],
		[{ error: '', detail: 'two' }, 'two'],
		[{ error: { detail: 'three' }, logs: 'first\nlast\n' }, 'three: last'],
		[
			{ error: { message: 'a', raw_message: 'b', detail: 'c' }, detail: 'd', logs: ['x', 'e', ''] },
			'a: b: c: d: e',
		],
		[{ error: { message: 'a.', raw_message: 'a.' }, detail: 'b', logs: ['b'] }, 'a: b'],
		[{ error: { code: 1 }, detail: {}, logs: [{}, 7] }, ''],
		[{ error: [{ message: 'a' }], detail: [{ msg: 'b' }], logs: [{ message: 'c' }] }, 'a: b: c'],
	])('is in any of its places: %j', (parts, reason) => {
		expect(reasonOf(parts)).toBe(reason);
	});
});

it.each([
	...['Blocked by our safety system', 'hit the safety_filter', 'against our content guidelines'],
	...['CONTENT_POLICY_VIOLATION', 'your prompt was flagged', 'unsafe content', 'policy violation'],
	...['This request violates our usage policies', 'risk control', 'risk_control_reject'],
	...['stopped by the content filter', 'explicit content', 'violates our terms of service'],
	...['This is against our policies', 'not allowed by our policy', 'our community standards'],
	...['may contain copyrighted material', 'copyright', 'banned words', 'Prohibited word'],
])('“%s” is moderation', (words) => {
	expect(classifyFailure(words)).toBe('moderated');
});

describe('what a task costs', () => {
	const STATUSES: TaskStatus[] = ['pending', 'processing', 'completed', 'failed', 'cancelled'];
	/** In the task, in a row with the same object, and in one with the amount alone. */
	const costs = async (status: unknown, usage: { type?: unknown; consume?: unknown }) => {
		const row = { task_id: ID, status, usage };
		const short = { task_id: '2', status, usage: usage.consume, usage_type: usage.type };
		const rows = await rowsOf({ data: [row, short] });
		const task = readTask({ task_id: ID, status, meta: { usage } });
		return [task, ...rows].map((read) => read!.costUsd);
	};
	const amount = fc.oneof(
		fc.constantFrom<unknown>(null, undefined, '', 'NaN', 'x', -1, 1e300, '-3', true, [], {}),
		fc.integer({ min: -1e12, max: 1e12 }),
		fc.double(),
	);
	const type = fc.constantFrom<unknown>(
		...[undefined, 'point', 'llm', 'luma_quota', 'credit', 'USD', 7, {}],
	);

	it('is known in known units only, never negative or absurd, and nothing without a video', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.constantFrom(...STATUSES),
				fc.record({ type, frozen: amount, consume: amount }),
				async (status, usage) => {
					for (const cost of await costs(status, usage)) {
						const isFree = status === 'failed' || status === 'cancelled';
						const isKnown = [undefined, 'point', 'llm'].includes(usage.type as string);
						if (isFree) expect(cost).toBe(0);
						else if (!isKnown) expect(cost).toBeNull();
						else if (cost !== null) expect(cost >= 0 && cost <= 100).toBe(true);
					}
				},
			),
			{ numRuns: 2_000 },
		);
	});

	it.each([
		['completed', { type: 'point', consume: 2_000_000, frozen: 0 }, 0.2],
		['processing', { type: 'llm', consume: 4_000_000, frozen: 0 }, 0.4],
		['completed', { type: 'luma_quota', consume: 30, frozen: 30 }, null],
		['failed', { type: 'luma_quota', consume: 30, frozen: 30 }, 0],
	])('is read from %s with %j as %j', async (status, usage, usd) => {
		expect(await costs(status, usage)).toEqual([usd, usd, usd]);
	});

	it('is the same kind of price only where all but prompt, seed and which images is the same', () => {
		const free = { prompt: 'a', seed: 1, start_image: 'a', end_image: 'a', key_frames: {} };
		const field = fc.constantFrom('model', 'duration', 'resolution', 'loop', ...Object.keys(free));
		const input = fc.dictionary(field, fc.constantFrom<unknown>(1, 'x', true));
		const kind = (fields: object) =>
			kindOf({ model: 'luma', task_type: 'video_generation', input: { ...fields } });
		const images = ['start_image', 'end_image'];
		const priced = (fields: object) =>
			JSON.stringify([
				Object.keys(fields).filter((key) => images.includes(key)).length,
				Object.entries(fields)
					.filter(([key]) => !(key in free))
					.sort(),
			]);
		fc.assert(
			fc.property(input, input, (one, other) => {
				expect(kind(one) === kind(other)).toBe(priced(one) === priced(other));
			}),
			{ numRuns: 1_000 },
		);
	});
});

it('the ID of a task can be a number', async () => {
	const answer = { task_id: 4711_0815, status: 'completed' };
	const ids = [readTask(answer)!, ...(await rowsOf([answer]))].map(({ taskId }) => taskId);
	expect(ids).toEqual(['47110815', '47110815']);
});

/** As one page of the task list. */
async function rowsOf(data: unknown) {
	const page = readTaskPage(data);
	if (!page) return [];
	const list = listTasks(
		{ maxPages: 1, pageSize: 10_000_000 },
		{ now: () => 0, readPage: async () => page },
	);
	const rows = [];
	for await (const row of list) rows.push(row);
	return rows;
}

describe('any JSON in place of what PiAPI answers', () => {
	const numbers = (read: object) =>
		Object.values(read).filter((value) => typeof value === 'number');
	const names = fc.oneof(
		fc.constantFrom('task_id', 'status', 'output', 'meta', 'usage', 'consume', 'error', 'logs'),
		fc.constantFrom('data', 'total', 'wallet', 'equivalent_in_usd', 'id', 'plan', 'input', 'video'),
		fc.constantFrom('created_at', 'ended_at', 'duration', 'width', 'url', 'type', '__proto__'),
		fc.string(),
	);
	const { json } = fc.letrec<{ json: unknown }>((tie) => ({
		json: fc.oneof(
			{ maxDepth: 6 },
			fc.constantFrom(null, true, 'completed', 'https://a/1', 'https://', '2026-01-07', 1e308, -1),
			fc.string(),
			fc.double({ noNaN: true, noDefaultInfinity: true }),
			fc.array(tie('json'), { maxLength: 4 }),
			fc
				.array(fc.tuple(names, tie('json')), { maxLength: 8 })
				.map((entries) => Object.fromEntries(entries)),
		),
	}));

	it('is read without a throw, and without a number that cannot be', async () => {
		await fc.assert(
			fc.asyncProperty(json, json, async (value, other) => {
				const answer = { task_id: ID, status: 'completed', output: value, meta: other };
				const task = readTask({ ...answer, ...(other as object) });
				const rows = [...(await rowsOf(value)), ...(await rowsOf({ data: [value, other] }))];
				const account = readAccount(value);
				for (const read of [readTask(value) ?? {}, task ?? {}, account, ...rows]) {
					expect(numbers(read).every(Number.isFinite)).toBe(true);
				}
				for (const cost of [task?.costUsd, ...rows.map(({ costUsd }) => costUsd)]) {
					if (typeof cost === 'number') expect(cost >= 0 && cost <= 100).toBe(true);
				}
				if (task?.videoUrl) expect(task.videoUrl).toMatch(/^https?:/i);
			}),
			{ numRuns: 2_000 },
		);
	});

	const MEGABYTE = 1_000_000;
	const many = (piece: string) => piece.repeat(MEGABYTE / piece.length);
	const list = (piece: string) => JSON.parse(`[${many(`${piece},`)}${piece}]`) as unknown;
	const deep = (open: string, close: string) =>
		JSON.parse(
			`${many(open).slice(0, 400_000)}1${close.repeat(many(open).slice(0, 400_000).length / open.length)}`,
		) as unknown;
	const keys = (value: string) =>
		JSON.parse(
			`{${Array.from({ length: 70_000 }, (_, index) => `"k${index}":${value}`).join()}}`,
		) as unknown;

	it.each([
		['one text', many('x')],
		['one link', `https://a/${many('x/')}`],
		['many links', many('https://a/1 ')],
		['many lines', many('no\n')],
		['many blanks', many(' ')],
		['lists', list('[]')],
		['objects', list('{"a":{}}')],
		['links', list('"https://a/1"')],
		['links with names', list('{"url":"https://a/1.mp4"}')],
		['names', keys('null')],
		['names of texts', keys('""')],
		['names of objects', keys('{}')],
		['lists in lists', deep('[', ']')],
		['objects in objects', deep('{"a":', '}')],
		['rows', list('{"task_id":"1","usage":{"consume":1}}')],
	])('is read within 50 ms where it is a megabyte of %s', async (_, value) => {
		const wholes: unknown[] = [
			value,
			{ data: value },
			{ task_id: ID, status: 'completed', output: value },
			{ task_id: ID, status: 'failed', error: value, detail: value, logs: value },
			{ task_id: value, status: value, input: value, meta: value, output: { video: value } },
			{ equivalent_in_usd: value, wallet: value, id: value, plan: value },
		];
		for (const whole of wholes) {
			for (const read of [readTask, readAccount, rowsOf]) {
				expect(await cpuMs(() => read(whole))).toBeLessThan(50);
			}
		}
	});
});

/** The work alone, whatever else the machine does; the best of some tries, as the first ones are not compiled yet. */
async function cpuMs(work: () => unknown): Promise<number> {
	let best = Infinity;
	for (let attempt = 0; attempt < 5 && best >= 50; attempt++) {
		const before = process.cpuUsage();
		await work();
		const { user, system } = process.cpuUsage(before);
		best = Math.min(best, (user + system) / 1_000);
	}
	return best;
}
