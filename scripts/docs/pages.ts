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
	const outputs: Sections = {};
	for (const [heading, sample] of Object.entries(sampled)) {
		outputs[`output of ${heading}`] = block('json', JSON.stringify(sample, null, '\t'));
	}
	const messages = {
		'sample message': await sampleMessage(),
		'messages of the credential test': messagesOfCredentialTest(),
		'messages about fields': await messagesAboutFields(),
		'messages from PiAPI and Luma': messagesFromPiapi(),
	};
	const firstOutput = outputs['output of Video: Text to Video'];
	return [
		...schemaFiles(ours, sampled),
		{ path: 'README.md', sections: { operations: operationList(ours), output: firstOutput } },
		{ path: 'docs/operations.md', sections: { ...operationSections(ours), ...outputs } },
		{ path: 'docs/troubleshooting.md', sections: withLinks(messages, ours, 'operations.md') },
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
function withLinks(sections: Sections, ours: Operation[], page: string): Sections {
	const link = ({ resource, name, heading }: Operation) =>
		`[${resource} → ${name}](${page}#${slugger.slug(heading)})`;
	// "Task → Get Many" comes before "Task → Get".
	const longestFirst = [...ours].sort((one, other) => other.name.length - one.name.length);
	const names = longestFirst.map(({ resource, name }) => `${resource} → ${name}`);
	const linked = (text: string) =>
		text.replace(new RegExp(names.join('|'), 'g'), (found) =>
			link(longestFirst[names.indexOf(found)]),
		);
	const entries = Object.entries(sections).map(([name, text]) => [name, linked(text)]);
	return Object.fromEntries(entries) as Sections;
}

function operationSections(ours: Operation[]): Sections {
	const all: Documented[] = [...ours, ...triggers()];
	const creating = ours.filter(({ fields }) => fields.some(isOfPrompt));
	const shared = sharedRows(creating);
	const sections: Sections = {
		contents: all
			.map(
				({ heading, description }) => `- [${heading}](#${slugger.slug(heading)}): ${description}`,
			)
			.join('\n'),
		'fields of the prompt': fieldTables(creating[0].fields.filter(isOfPrompt)),
		'fields of every new video': fieldTables(shared),
		'fields of the credential': fieldTables(fieldRows(new PiapiApi().properties)),
	};
	for (const { heading, fields } of all) {
		const isCreating = creating.some((operation) => operation.heading === heading);
		const own = fields.filter((row) => !isOfPrompt(row) && !shared.some((one) => same(one, row)));
		sections[`fields of ${heading}`] = fieldTables(isCreating ? own : fields);
	}
	return withLinks(sections, ours, '');
}

function isOfPrompt({ name }: FieldRow): boolean {
	return ['promptMode', 'prompt', 'guided', 'storyboard'].includes(name);
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
