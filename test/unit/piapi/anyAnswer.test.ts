import { expect, it } from '@jest/globals';
import fc from 'fast-check';

import { readAccount } from '../../../nodes/Luma/piapi/account';
import { readTask } from '../../../nodes/Luma/piapi/task';
import { rowsOf } from '../../../support/taskRows';
import { cpuMsOf } from '../../../support/cpuTime';

const ID = 'c42f6ec7';

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

it('any JSON is read without a throw, and without a number that cannot be', async () => {
	await fc.assert(
		fc.asyncProperty(json, json, async (value, other) => {
			const answer = { task_id: ID, status: 'completed', output: value, meta: other };
			const task = readTask({ ...answer, ...(other as object) });
			const rows = [...(await rowsOf(value)), ...(await rowsOf({ data: [value, other] }))];
			const account = readAccount(value);
			for (const read of [readTask(value) ?? {}, task ?? {}, account, ...rows]) {
				const numbers = Object.values(read).filter((each) => typeof each === 'number');
				expect(numbers.every(Number.isFinite)).toBe(true);
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
const deep = (open: string, close: string) => {
	const depth = 400_000 / open.length;
	return JSON.parse(`${open.repeat(depth)}1${close.repeat(depth)}`) as unknown;
};
const keys = (value: unknown) =>
	Object.fromEntries(Array.from({ length: 70_000 }, (_, index) => [`k${index}`, value]));

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
	['names', keys(null)],
	['names of texts', keys('')],
	['names of objects', keys({})],
	['lists in lists', deep('[', ']')],
	['objects in objects', deep('{"a":', '}')],
	['rows', list('{"task_id":"1","usage":{"consume":1}}')],
])('a megabyte of %s is read within 50 ms', async (_, value) => {
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
			expect(await cpuMsOf(async () => await read(whole), 50)).toBeLessThan(50);
		}
	}
});
