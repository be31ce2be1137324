import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { useBinaryStore } from '../../engine/binaryData';
import { operations, trigger, type FieldFacts } from './fields';
import { read, sectionsOf, type Section } from './markdown';
import { samples } from './samples';
import { shapeOf } from './shape';

const sections = sectionsOf(read('docs/operations.md'));

function section(title: string): Section {
	const found = sections.find((candidate) => candidate.title === title);
	if (!found) throw new Error(`docs/operations.md has no section “${title}”`);
	return found;
}

const FIELD = /^(?<label>.+) \(`(?<name>\w+)`\)$/;

/** What the tables of a section say about fields. */
function tableOf({ rows }: Section): Array<[string, FieldFacts]> {
	return rows.flatMap(([field, values = '', standard = '']) => {
		const { label, name } = FIELD.exec(field)?.groups ?? {};
		if (name === undefined) return [];
		const facts = { label, values: values.split(', ').sort(), standard: bare(standard) };
		return [[name, facts] as [string, FieldFacts]];
	});
}

function bare(text: string): string {
	return text.replaceAll('`', '');
}

/** The fields of a section and of those sections that it points to for more. */
function documented(heading: string): Map<string, FieldFacts> {
	const own = section(heading);
	const linked = sections.filter(
		({ anchor, level, title }) =>
			level === 2 &&
			own.links.includes(`#${anchor}`) &&
			!operations.some((o) => o.heading === title),
	);
	return new Map([own, ...linked].flatMap(tableOf));
}

describe.each([...operations, trigger])('the docs of $heading', ({ heading, fields }) => {
	it('name each field with its values and its default', () => {
		expect(Object.fromEntries(documented(heading))).toEqual(Object.fromEntries(fields));
	});

	it('have a sample of the output', () => {
		expect(Object.keys(samples)).toContain(heading);
	});
});

describe('the sample output under', () => {
	useBinaryStore();

	it.each(Object.keys(samples))('%s is what the node gives', async (heading) => {
		const [{ text }] = section(heading).blocks;
		const { json } = await samples[heading]();
		expect(shapeOf(JSON.parse(text))).toEqual(shapeOf(json));
	});
});

it('shows no sample that nobody checks', () => {
	const shown = sections.filter(({ blocks }) => blocks.length > 0).map(({ title }) => title);
	expect(shown.sort()).toEqual(Object.keys(samples).sort());
});

it('explains each field of the output, in its order', async () => {
	const { json } = await samples['Video: Text to Video']();
	const explained = section('What comes out').rows.map(([name]) => bare(name));
	expect(explained).toEqual(Object.keys(json));
});

it('gives a file the name that the docs say', async () => {
	const { binary, json } = await samples['Video: Download']();
	const named = section('Video: Download').code.find((code) => code.endsWith('.mp4'));
	expect(shapeOf(named)).toBe(shapeOf(binary?.data.fileName));
	expect(binary?.data.fileName).toContain(String(json.taskId));
});

it("shows the same item in the README's sample", async () => {
	const blocks = sectionsOf(read('README.md')).flatMap((found) => found.blocks);
	const { text } = blocks.find(({ language }) => language === 'json')!;
	const { json } = await samples['Video: Text to Video']();
	const sample = JSON.parse(text) as IDataObject;
	// The README shortens the prompt.
	expect(shapeOf(sample)).toEqual(shapeOf({ ...json, prompt: sample.prompt }));
});

it('lists every operation in the README', () => {
	const rows =
		sectionsOf(read('README.md')).find(({ title }) => title === 'Operations')?.rows ?? [];
	const listed = rows.map(([resource, operation]) => `${resource}: ${operation}`);
	expect(listed.sort()).toEqual(operations.map(({ heading }) => heading).sort());
});
