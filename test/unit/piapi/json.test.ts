/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions */
import { expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { dateOf, isoOf } from '../../../nodes/Luma/piapi/json';

const NOON = '2026-01-07T12:00:00.000Z';

const DATES = [
	['2026-01-07T12:00:00Z', NOON],
	['2026-01-07T12:00:00', NOON],
	['2026-01-07 12:00:00', NOON],
	['2026-01-07 12:00', NOON],
	['2026-01-07T12:00:00.000000000', NOON],
	['2026-01-07T13:00:00+01:00', NOON],
	['2026/01/07 12:00:00', NOON],
	['2026-01-07', '2026-01-07T00:00:00.000Z'],
	['0001-01-01T00:00:00', null],
	['yesterday', null],
	['', null],
] as const;

it.each(DATES)("PiAPI's date “%s” is %s", (text, date) => {
	expect(isoOf(dateOf(text))).toBe(date);
});

it('a number is a time in seconds or milliseconds, also as a text', () => {
	for (const number of [Date.parse(NOON) / 1000, Date.parse(NOON)]) {
		expect(isoOf(dateOf(number))).toBe(NOON);
		expect(isoOf(dateOf(String(number)))).toBe(NOON);
	}
	expect(dateOf('20260107')).toBeNull();
	expect(dateOf(0)).toBeNull();
	expect(dateOf(1e300)).toBeNull();
});

it.each(['America/New_York', 'Asia/Kolkata'])('also where n8n runs in %s', (zone) => {
	// The zone of this process cannot be changed from within jest.
	const script = `
		const { dateOf, isoOf } = require('./nodes/Luma/piapi/json.ts');
		const texts = ${JSON.stringify(DATES.map(([text]) => text))};
		const dates = texts.map((text) => isoOf(dateOf(text)));
		console.log(JSON.stringify([new Date(2026, 0, 1).getTimezoneOffset(), ...dates]));`;
	const output = execFileSync(process.execPath, ['--require', 'tsx/cjs', '--eval', script], {
		cwd: join(__dirname, '../../..'),
		env: { ...process.env, TZ: zone },
		encoding: 'utf8',
	});
	const [offset, ...dates] = JSON.parse(output) as unknown[];

	expect(offset).not.toBe(0);
	expect(dates).toEqual(DATES.map(([, date]) => date));
});
