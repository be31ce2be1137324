import slugger from 'github-slugger';

import { PiapiApi } from '../../credentials/PiapiApi.credentials';
import { fieldRows, fieldTables, type FieldRow } from './fields';
import { block, table, type Sections } from './markdown';
import { messagesAboutFields, messagesFromPiapi, messagesOfCredentialTest } from './messages';
import { operations, triggers, type Documented, type Operation } from './nodes';
import { promptSections } from './prompts';
import { sampleMessage, samples } from './samples';
import { schemaFiles } from './schemas';

/** A file that the code writes: all of it, or what belongs between its markers. */
export type GeneratedFile = { path: string } & ({ content: string } | { sections: Sections });

/** The pages with generated sections, and the schemas of what the operations give out. */
export async function generatedFiles(): Promise<GeneratedFile[]> {
	const ours = operations();
	const sampled = await samples(ours);
	const outputs = Object.entries(sampled).map(([heading, sample]) => [
		`output of ${heading}`,
		block('json', JSON.stringify(sample, null, '\t')),
	]);
	const outputSections = Object.fromEntries(outputs) as Sections;
	return [
		...schemaFiles(ours, sampled),
		{
			path: 'README.md',
			sections: {
				operations: operationList(ours),
				output: outputSections['output of Video: Text to Video'],
			},
		},
		{ path: 'docs/operations.md', sections: { ...operationSections(ours), ...outputSections } },
		{
			path: 'docs/troubleshooting.md',
			sections: mapValues(
				{
					'sample message': await sampleMessage(),
					'messages of the credential test': messagesOfCredentialTest(),
					'messages about fields': await messagesAboutFields(),
					'messages from PiAPI and Luma': messagesFromPiapi(),
				},
				(section) => withLinks(section, ours, 'operations.md'),
			),
		},
		{ path: 'docs/prompts.md', sections: promptSections() },
	];
}

function operationList(ours: Operation[]): string {
	const rows = ours.map(({ resource, name, heading, description }) => [
		resource,
		`[${name}](docs/operations.md#${slugger.slug(heading)})`,
		description,
	]);
	return table(['Resource', 'Operation', 'What it does'], rows);
}

/** Links "Task → Wait" to its section on the page. */
function withLinks(text: string, ours: Operation[], page: string): string {
	const links = new Map(
		ours.map(({ resource, name, heading }) => [
			`${resource} → ${name}`,
			`${page}#${slugger.slug(heading)}`,
		]),
	);
	// "Task → Get Many" comes before "Task → Get".
	const names = [...links.keys()].sort((one, other) => other.length - one.length);
	return text.replace(new RegExp(names.join('|'), 'g'), (name) => `[${name}](${links.get(name)})`);
}

function mapValues<T>(values: Record<string, T>, change: (value: T) => string): Sections {
	return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
}

function operationSections(ours: Operation[]): Sections {
	const creating = ours.filter(({ fields }) => fields.some(isOfPrompt));
	const shared = sharedRows(creating);
	const sections: Sections = {
		contents: contentsOf([...ours, ...triggers()]),
		'fields of the prompt': fieldTables(creating[0].fields.filter(isOfPrompt)),
		'fields of every new video': fieldTables(shared),
		'fields of the credential': fieldTables(fieldRows(new PiapiApi().properties)),
	};
	for (const { heading, fields } of [...ours, ...triggers()]) {
		const isCreating = creating.some((operation) => operation.heading === heading);
		const own = fields.filter((row) => !isOfPrompt(row) && !shared.some((one) => same(one, row)));
		sections[`fields of ${heading}`] = fieldTables(isCreating ? own : fields);
	}
	return mapValues(sections, (section) => withLinks(section, ours, ''));
}

const PROMPT_FIELDS = ['promptMode', 'prompt', 'guided', 'storyboard'];

function isOfPrompt({ name }: FieldRow): boolean {
	return PROMPT_FIELDS.includes(name);
}

/** What all of these operations ask for in the same words, besides the prompt. */
function sharedRows([first, ...others]: Operation[]): FieldRow[] {
	return first.fields
		.filter((row) => !isOfPrompt(row))
		.filter((row) => others.every(({ fields }) => fields.some((field) => same(field, row))));
}

function same(one: FieldRow, other: FieldRow): boolean {
	return JSON.stringify(one) === JSON.stringify(other);
}

function contentsOf(documented: Documented[]): string {
	return documented
		.map(({ heading, description }) => `- [${heading}](#${slugger.slug(heading)}): ${description}`)
		.join('\n');
}
