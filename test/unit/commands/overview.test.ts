import { expect, it } from '@jest/globals';

import type { Editor } from '../../../scripts/demo/editor';
import { overview } from '../../../scripts/demo/overview';
import type { PiapiService } from '../../../scripts/demo/service';

const editor = {
	url: 'http://localhost:5678/workflow/1',
	n8n: { url: 'http://localhost:5678' },
	examples: [
		{ id: '1', name: 'First Example' },
		{ id: '2', name: 'Second Example' },
	],
} as Editor;

function serviceThat(own: Partial<PiapiService>): PiapiService {
	const credential = {
		apiKey: 'key-of-it',
		specialCases: true as const,
		baseUrl: 'http://piapi',
		uploadBaseUrl: 'http://up',
	};
	return { name: 'PiAPI', costsMoney: false, credential, close: async () => {}, ...own };
}

it('names every example workflow with its address', () => {
	const text = overview(editor, serviceThat({}));

	expect(text).toMatch(/First Example\s+http:\/\/localhost:5678\/workflow\/1/);
	expect(text).toMatch(/Second Example\s+http:\/\/localhost:5678\/workflow\/2/);
});

it("shows the simulator's address and key, for a credential made by hand", () => {
	const text = overview(editor, serviceThat({ costsMoney: false }));

	expect(text).toContain('http://piapi');
	expect(text).toContain('key-of-it');
});

it("does not show a person's own key", () => {
	expect(overview(editor, serviceThat({ costsMoney: true }))).not.toContain('key-of-it');
});
