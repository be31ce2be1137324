import { expect, it } from '@jest/globals';

import { PiapiApi } from '../../../credentials/PiapiApi.credentials';
import { CHOICES, FIELDS, NODES } from '../../../support/texts/fields';

const isText = (text: string | undefined): text is string => Boolean(text);

const switches = FIELDS.filter(({ type }) => type === 'boolean');
const typed = FIELDS.filter(({ type }) => ['string', 'number', 'json', 'dateTime'].includes(type));
const actions = CHOICES.map(({ action }) => action).filter(isText);
const descriptions = [
	...FIELDS.flatMap(({ description, hint }) => [description, hint]),
	...CHOICES.map(({ description }) => description),
	...NODES.map(({ description }) => description),
].filter(isText);
const reads = CHOICES.filter(({ action }) => action).map(
	({ name, description }) => `${name}: ${description}`,
);

it('has fields of all nodes and of the credential', () => {
	const names = FIELDS.map(({ name }) => name);
	expect(names).toEqual(expect.arrayContaining(['prompt', 'events', 'apiKey', 'maxSpendUsd']));
});

it.each<[rule: string, texts: Array<string | undefined>, holds: RegExp]>([
	['a switch says “Whether …”', switches.map(({ description }) => description), /^Whether /],
	[
		'a placeholder is an example',
		typed.map(({ placeholder }) => placeholder).filter(isText),
		/^e\.g\. \S/,
	],
	['an action has no articles', actions, /^(?!.*\b(an?|the)\b)/i],
	['an action is in sentence case', actions, /^[A-Z][a-z]+(,? (PiAPI|Luma|[a-z0-9]+))*$/],
	['a description begins with a capital or a figure', descriptions, /^[A-Z0-9“"<]/],
	[
		// The list of n8n 2.41 cuts what is longer.
		'what stands below an entry of a list fits into its width',
		CHOICES.map(({ description }) => description).filter(isText),
		/^.{0,67}$/,
	],
	[
		'a Get and a Get Many retrieve',
		reads.filter((read) => read.startsWith('Get')),
		/^(Get Many: Retrieve a list of |Get(?! Many)[\w ]*: Retrieve (?!a list of ))/,
	],
])('%s', (_, texts, holds) => {
	expect(texts.length).toBeGreaterThan(0);
	expect(texts.filter((text) => !holds.test(text ?? ''))).toEqual([]);
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
