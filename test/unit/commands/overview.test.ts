import { expect, it } from '@jest/globals';

import { overview, type Editor } from '../../../scripts/demo/editor';

const examples = [
	{ id: '1', name: 'First Example' },
	{ id: '2', name: 'Second Example' },
];
const n8n = { url: 'http://localhost:5678' };
const editor = { n8n, examples } as Editor;

const shownBy = (costsMoney: boolean) =>
	overview(editor, {
		name: 'PiAPI',
		costsMoney,
		credential: {
			apiKey: 'key-of-it',
			specialCases: true,
			baseUrl: 'http://piapi',
			uploadBaseUrl: 'http://up',
		},
		close: async () => {},
	});

it('names every example workflow with its address', () => {
	expect(shownBy(false)).toMatch(/First Example\s+http:\/\/localhost:5678\/workflow\/1/);
	expect(shownBy(false)).toMatch(/Second Example\s+http:\/\/localhost:5678\/workflow\/2/);
});

it("shows the simulator's address and key, and never a person's own key", () => {
	expect(shownBy(false)).toMatch(/http:\/\/piapi[^]*key-of-it/);
	expect(shownBy(true)).not.toContain('key-of-it');
});
