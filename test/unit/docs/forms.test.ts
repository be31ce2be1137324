import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

import { read } from '../../../support/texts/markdown';

interface Question {
	type: string;
	id?: string;
	attributes: { label?: string; options?: Array<string | { label: unknown }> };
}

describe('the issue form', () => {
	it.each(['bug.yml', 'idea.yml'])('%s has only fields that GitHub accepts', (file) => {
		const form = parse(read(`.github/ISSUE_TEMPLATE/${file}`)) as { body: Question[] };
		expect(form).toMatchObject({ name: expect.any(String), description: expect.any(String) });
		const questions = form.body.filter(({ type }) => type !== 'markdown');
		const ids = questions.map(({ id }) => id);
		expect(new Set(ids).size).toBe(questions.length);
		for (const { type, attributes } of questions) {
			expect(['input', 'textarea', 'dropdown', 'checkboxes']).toContain(type);
			expect(attributes.label).toBeTruthy();
			// GitHub accepts texts only; YAML reads a bare "Yes" as a boolean.
			for (const option of attributes.options ?? []) {
				expect(typeof (typeof option === 'object' ? option.label : option)).toBe('string');
			}
		}
	});

	it('config.yml links to https addresses for everything else', () => {
		const { contact_links: links } = parse(read('.github/ISSUE_TEMPLATE/config.yml')) as {
			contact_links: Array<{ name: string; url: string; about: string }>;
		};
		for (const { name, url, about } of links) {
			expect(name && about).toBeTruthy();
			expect(url).toMatch(/^https:\/\//);
		}
	});
});
