import { describe, expect, it } from '@jest/globals';

import { PiapiApi } from '../../../credentials/PiapiApi.credentials';
import { CHOICES, FIELDS, NODES } from '../../../support/texts/fields';

const named = (fields: typeof FIELDS) =>
	fields.map((field) => [`${field.displayName.slice(0, 40)} (${field.name})`, field] as const);

it('has fields of all nodes and of the credential', () => {
	const names = FIELDS.map(({ name }) => name);
	expect(names).toEqual(expect.arrayContaining(['prompt', 'events', 'apiKey', 'maxSpendUsd']));
});

describe('a field that is on or off', () => {
	it.each(named(FIELDS.filter(({ type }) => type === 'boolean')))(
		'%s says “Whether …”',
		(_, field) => {
			expect(field.description).toMatch(/^Whether /);
		},
	);
});

describe('a placeholder', () => {
	const typed = FIELDS.filter(({ type }) =>
		['string', 'number', 'json', 'dateTime'].includes(type),
	);
	const texts = typed.filter(({ placeholder }) => placeholder);
	it.each(named(texts))('of %s is an example', (_, { placeholder }) => {
		expect(placeholder).toMatch(/^e\.g\. \S/);
	});
});

describe('an action', () => {
	const actions = CHOICES.flatMap(({ action }) => (action ? [action] : []));

	it.each(actions)('“%s” has no articles', (action) => {
		expect(action).not.toMatch(/\b(an?|the)\b/i);
	});

	it.each(actions)('“%s” is in sentence case', (action) => {
		expect(action).toMatch(/^[A-Z][a-z]+(,? (PiAPI|Luma|[a-z0-9]+))*$/);
	});
});

describe('a description', () => {
	const texts = [
		...FIELDS.flatMap(({ description, hint }) => [description, hint]),
		...CHOICES.map(({ description }) => description),
		...NODES.map(({ description }) => description),
	].filter((text): text is string => Boolean(text));

	it.each([...new Set(texts)])('begins with a capital or a figure: %s', (text) => {
		expect(text).toMatch(/^[A-Z0-9“"<]/);
	});
});

describe('what stands below an entry of a list', () => {
	// The list of n8n 2.41 cuts what is longer.
	const WIDTH = 67;
	const texts = CHOICES.flatMap(({ name, description }) =>
		description ? [[name, description]] : [],
	);

	it.each(texts)('fits into its width: %s', (_, description) => {
		expect(description.length).toBeLessThanOrEqual(WIDTH);
	});
});

describe('a Get and a Get Many', () => {
	const reads = CHOICES.filter(({ name, action }) => action && /^Get/.test(name));

	it.each(reads.map(({ name, action, description }) => [action, name, description]))(
		'%s',
		(_, name, description) => {
			const many = name === 'Get Many';
			expect(description).toMatch(many ? /^Retrieve a list of / : /^Retrieve /);
		},
	);
});

it('describes the node where n8n shows the description of its trigger in place of its own', () => {
	const names = NODES.map(({ name }) => name);
	// The rule of n8n's editor, read in 2.8 and 2.41.
	const merged = NODES.filter(
		({ name, group }) => group.includes('trigger') && names.includes(name.replace('Trigger', '')),
	);

	expect(merged).not.toEqual([]);
	for (const { description } of merged) expect(description).toMatch(/^Create videos /);
});

it('leads from the credential to the docs of this package', () => {
	expect(new PiapiApi().documentationUrl).toMatch(/n8n-nodes-piapi-luma\/.*getting-started/);
});
