/* eslint-disable @n8n/community-nodes/no-restricted-globals */
import { describe, expect, it } from '@jest/globals';

import { choiceMeant } from '../../../nodes/Luma/operations/choices';
import { Redactor } from '../../../nodes/Luma/piapi/redact';
import { readTask } from '../../../nodes/Luma/piapi/task';
import { virtualRun } from '../../../support/virtualTime/virtualRun';

const redactor = new Redactor(['a-secret-of-piapi']);

/** Lists within lists, or objects within objects. */
function nested(levels: number, wrap: (inner: unknown) => unknown): unknown {
	let value: unknown = 'a-secret-of-piapi';
	for (let level = 0; level < levels; level++) value = wrap(value);
	return value;
}

const LARGE: Array<[string, unknown]> = [
	['a list of a million texts', Array.from({ length: 1_000_000 }, (_, index) => `v${index}`)],
	[
		'a thousand objects with a thousand names each',
		Array.from({ length: 1000 }, () =>
			Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`k${index}`, 'v'])),
		),
	],
	['20,000 lists in each other', nested(20_000, (inner) => [inner])],
	['20,000 objects in each other', nested(20_000, (inner) => ({ inner }))],
	['200 lists in each other, of 200 each', nested(200, (inner) => Array(200).fill(inner))],
];

/** The least of some measurements of what this process alone has worked, however busy the machine is. */
function millisecondsOf(work: () => void): number {
	const measured = Array.from({ length: 3 }, () => {
		const begun = process.cpuUsage();
		work();
		const { user, system } = process.cpuUsage(begun);
		return (user + system) / 1000;
	});
	return Math.min(...measured);
}

describe.each(LARGE)('%s', (_, value) => {
	it('is soon redacted, and no secret is left', () => {
		expect(millisecondsOf(() => void redactor.json(value))).toBeLessThan(100);
		expect(JSON.stringify(redactor.json(value))).not.toContain('a-secret-of-piapi');
	});

	it('is soon searched for a video', () => {
		const task = { task_id: 'a', status: 'completed', output: { of: value } };
		expect(millisecondsOf(() => void readTask(task))).toBeLessThan(100);
	});
});

it.each(['1:1:', '1:1 ', 'square '])('a million characters are soon no choice (%j)', (piece) => {
	const text = piece.repeat(1_000_000 / piece.length);
	const choices = [{ name: '1:1 (Square)', value: '1:1' }];

	expect(millisecondsOf(() => void choiceMeant(text, choices))).toBeLessThan(100);
	expect(choiceMeant(text, choices)).toBeUndefined();
});

it('keeps all of an answer such as PiAPI gives', () => {
	const row = { task_id: 'a', meta: { usage: { frozen: 1 } }, logs: ['b', 'c'], detail: null };
	const page = { data: Array.from({ length: 100 }, () => row), total: 100 };

	expect(redactor.json(page)).toEqual(page);
});

it.each([' ', '.', '\n', ': ', 'failed. ', 'get image '])(
	'tells the reason of a failed task whatever is around it (%j, 200,000 times)',
	async (filling) => {
		const message = filling.repeat(200_000);
		const begun = process.cpuUsage();
		const { outcomes } = await virtualRun({
			service: { outcome: () => ({ message: `${message}x` }) },
		});

		expect(outcomes[0].error?.details.providerMessage?.length).toBeLessThanOrEqual(2_000);
		expect(process.cpuUsage(begun).user / 1000).toBeLessThan(1_000);
	},
);
