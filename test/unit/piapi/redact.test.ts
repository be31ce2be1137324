import { expect, it } from '@jest/globals';

import { newCreationTag } from '../../../nodes/Luma/piapi/webhookTag';
import { Redactor } from '../../../nodes/Luma/piapi/redact';

const KEY = 'a-very-private-key';
const OTHER = 'a-very-private-key-and-more';
const redactor = new Redactor([` ${KEY}\n`, OTHER, undefined, 17]);

it('takes every secret out of a text, wherever and however often it stands there', () => {
	expect(redactor.text(`key ${KEY}, "${KEY}" is wrong`)).toBe('key [hidden], "[hidden]" is wrong');
	expect(redactor.text(`${OTHER}!`)).toBe('[hidden]!');
});

it('takes creation tags out without knowing them', () => {
	const tag = newCreationTag('some-key', '17');
	expect(new Redactor().text(`secret ${tag} refused`)).toBe('secret [hidden] refused');
});

it('keeps words that are no secrets', () => {
	const text = 'The prompt is too long';
	expect(redactor.text(text)).toBe(text);
	expect(new Redactor(['', ' ', 'prompt']).text(text)).toBe(text);
});

it('goes through a whole JSON value, names included', () => {
	const value = { error: { message: `bad ${KEY}`, [KEY]: 1 }, logs: [KEY, null, 2, true] };

	expect(redactor.json(value)).toEqual({
		error: { message: 'bad [hidden]', '[hidden]': 1 },
		logs: ['[hidden]', null, 2, true],
	});
	expect(value.error.message).toContain(KEY);
});

it('keeps all of an answer such as PiAPI gives', () => {
	const row = { task_id: 'a', meta: { usage: { frozen: 1 } }, logs: ['b', 'c'], detail: null };
	const page = { data: Array.from({ length: 100 }, () => row), total: 100 };

	expect(redactor.json(page)).toEqual(page);
});
