/* eslint-disable @n8n/community-nodes/no-restricted-globals */
import { expect, it } from '@jest/globals';

import { choiceMeant } from '../../../nodes/Luma/operations/choices';
import { Redactor } from '../../../nodes/Luma/piapi/redact';
import { readTask } from '../../../nodes/Luma/piapi/task';
import { cpuMsOf } from '../../../support/cpuTime';
import { virtualRun } from '../../../support/virtualTime/virtualRun';

const SECRET = 'a-secret-of-piapi';
const MAX_MS = 100;
const redactor = new Redactor([SECRET]);

/** Lists within lists, or objects within objects. */
function nested(levels: number, wrap: (inner: unknown) => unknown): unknown {
	let value: unknown = SECRET;
	for (let level = 0; level < levels; level++) value = wrap(value);
	return value;
}

const numbered = (many: number) => Array.from({ length: many }, (_, index) => `v${index}`);
const named = () => Object.fromEntries(numbered(1000).map((name) => [name, 'v']));

it.each<[string, unknown]>([
	['a list of a million texts', numbered(1_000_000)],
	['a thousand objects with a thousand names each', Array.from({ length: 1000 }, named)],
	['100,000 lists in each other', nested(100_000, (inner) => [inner])],
	['20,000 objects in each other', nested(20_000, (inner) => ({ inner }))],
	['200 lists in each other, of 200 each', nested(200, (inner) => Array(200).fill(inner))],
])('%s: it is soon redacted and read, and no secret is left', async (_, value) => {
	expect(await cpuMsOf(() => redactor.json(value), MAX_MS)).toBeLessThan(MAX_MS);
	expect(JSON.stringify(redactor.json(value))).not.toContain(SECRET);
	const task = { task_id: 'a', status: 'completed', output: { of: value } };
	expect(await cpuMsOf(() => readTask(task), MAX_MS)).toBeLessThan(MAX_MS);
});

it.each(['1:1:', '1:1 ', 'square '])(
	'a million characters are soon no choice (%j)',
	async (piece) => {
		const text = piece.repeat(1_000_000 / piece.length);
		const choices = [{ name: '1:1 (Square)', value: '1:1' }];

		expect(await cpuMsOf(() => choiceMeant(text, choices), MAX_MS)).toBeLessThan(MAX_MS);
		expect(choiceMeant(text, choices)).toBeUndefined();
	},
);

it.each([' ', '.', '\n', ': ', 'failed. ', 'get image '])(
	'tells the reason of a failed task whatever is around it (%j, 200,000 times)',
	async (filling) => {
		const outcome = () => ({ message: `${filling.repeat(200_000)}x` });
		const begun = process.cpuUsage();
		const { outcomes } = await virtualRun({ service: { outcome } });

		expect(outcomes[0].error?.details.providerMessage?.length).toBeLessThanOrEqual(2_000);
		expect(process.cpuUsage(begun).user / 1000).toBeLessThan(1_000);
	},
);
