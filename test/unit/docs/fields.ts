import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { Luma } from '../../../nodes/Luma/Luma.node';
import { LumaTrigger } from '../../../nodes/Luma/LumaTrigger.node';

/** A field as a table of the docs describes it. */
export interface FieldFacts {
	label: string;
	values: string[];
	standard: string;
}

const { properties } = new Luma().description;

// n8n fills these in when a person adds the option; left out, they are not set at all.
const NOT_SET: Record<string, string> = { binaryOutput: 'no files', seed: 'not set' };

const IN_WORDS: Partial<Record<INodeProperties['type'], string[]>> = {
	boolean: ['off', 'on'],
	dateTime: ['time'],
	json: ['JSON'],
	number: ['number'],
};

/** Every entry of the Operation lists: the heading it has in the docs, and its fields by name. */
export const operations = properties
	.filter(({ name }) => name === 'operation')
	.flatMap(({ displayOptions, options = [] }) => {
		const resource = String(displayOptions?.show?.resource?.[0]);
		return (options as INodePropertyOptions[]).map(({ name, value }) => ({
			heading: `${resource[0].toUpperCase()}${resource.slice(1)}: ${name}`,
			fields: factsByName(fieldsOf(resource, String(value))),
		}));
	});

function fieldsOf(resource: string, operation: string): INodeProperties[] {
	return properties.filter(({ name, displayOptions: { show = {} } = {} }) => {
		const isShown = show.resource?.includes(resource) && show.operation?.includes(operation);
		return isShown && name !== 'operation';
	});
}

function factsByName(fields: INodeProperties[]): Map<string, FieldFacts> {
	const known = fields.flatMap((field) =>
		field.name === 'options' ? (field.options as INodeProperties[]) : [field],
	);
	const facts = new Map<string, FieldFacts>();
	for (const field of known.filter(({ type }) => type !== 'notice')) {
		// A field can be there twice, with fewer values where the node is an agent's tool.
		const { values = [] } = facts.get(field.name) ?? {};
		const own = factsOf(field);
		facts.set(field.name, { ...own, values: [...new Set([...values, ...own.values])].sort() });
	}
	return facts;
}

function factsOf(field: INodeProperties): FieldFacts {
	return {
		label: field.displayName,
		values: valuesOf(field).sort(),
		standard: NOT_SET[field.name] ?? standardOf(field),
	};
}

function valuesOf({ type, name, options = [] }: INodeProperties): string[] {
	if (type === 'collection')
		return options.map((option) => (option as INodeProperties).displayName);
	// "9:16 (Vertical, for Reels, Shorts and TikTok)" is too much for a table.
	if (name === 'aspectRatio')
		return (options as INodePropertyOptions[]).map(({ value }) => `${value}`);
	if (options.length > 0) return options.map((option) => option.name);
	return IN_WORDS[type] ?? [wordForText(name)];
}

function wordForText(name: string): string {
	if (/taskId$/i.test(name)) return 'task ID';
	if (/url$/i.test(name)) return 'address';
	return /property$/i.test(name) ? 'name' : 'text';
}

function standardOf({ type, options = [], default: value, name }: INodeProperties): string {
	if (type === 'boolean') return value ? 'on' : 'off';
	if (type === 'collection' || value === '') return 'empty';
	if (name === 'aspectRatio') return `${value as string}`;
	const chosen = (options as INodePropertyOptions[]).filter((option) =>
		[value].flat().includes(option.value as string),
	);
	return chosen.length > 0 ? chosen.map((option) => option.name).join(', ') : `${value as string}`;
}

const { displayName, properties: triggerFields } = new LumaTrigger().description;

/** The same of the trigger. */
export const trigger = { heading: displayName, fields: factsByName(triggerFields) };
