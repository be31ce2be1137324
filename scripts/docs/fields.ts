import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { fromHtml, table } from './markdown';

/** A field, or an option of the collection "Options", as a line of a table. */
export interface FieldRow {
	name: string;
	kind: 'Field' | 'Option';
	cells: string[];
}

// n8n fills in the default when a person adds the option; what holds without it is another value here.
const NOT_ADDED: Record<string, string> = {
	binaryOutput: 'no files',
	dryRun: 'off',
	expandPrompt: 'off',
	keepBalanceUsd: 'no limit',
	leaveOutItems: 'off',
	leaveOutSound: 'off',
	loop: 'off',
	maxSpendUsd: 'no limit',
	numberOfVideos: '1',
	seed: 'none',
};

const WITHOUT_ROW: Array<INodeProperties['type']> = ['notice', 'hidden', 'callout', 'button'];

const TYPE_IN_WORDS: Partial<Record<INodeProperties['type'], string>> = {
	boolean: 'on, off',
	dateTime: 'date and time',
	json: 'JSON',
	number: 'number',
};

/** The rows of these fields, in the editor's order. A field that is there more than once has one row. */
export function fieldRows(fields: INodeProperties[]): FieldRow[] {
	const rows = new Map<string, FieldRow>();
	for (const field of withOptions(fields)) {
		if (WITHOUT_ROW.includes(field.type)) continue;
		const kind = fields.includes(field) ? 'Field' : 'Option';
		const key = `${kind} ${field.name}`;
		// Further forms of a field have fewer values, or are for AI agents.
		if (!rows.has(key))
			rows.set(key, { name: field.name, kind, cells: cellsOf(field, fields, kind) });
	}
	return [...rows.values()];
}

function withOptions(fields: INodeProperties[]): INodeProperties[] {
	return fields.flatMap((field) =>
		field.name === 'options' ? (field.options as INodeProperties[]) : [field],
	);
}

function cellsOf(field: INodeProperties, all: INodeProperties[], kind: FieldRow['kind']): string[] {
	const { name, displayName, description = '' } = field;
	const notAdded = kind === 'Option' && NOT_ADDED[name];
	const meaning = [whenShown(field, all), fromHtml(description), whenHidden(field, all)];
	return [
		`${displayName} (\`${name}\`)`,
		valuesOf(field),
		notAdded ? `${notAdded}; once added ${standardOf(field)}` : standardOf(field),
		meaning.filter(Boolean).join(' '),
	];
}

function valuesOf({ type, options = [], modes, typeOptions }: INodeProperties): string {
	if (modes) return modes.map(({ displayName }) => displayName).join(', ');
	if (type === 'collection' || type === 'fixedCollection') {
		return (options as INodeProperties[]).map(({ displayName }) => displayName).join(', ');
	}
	if (typeOptions?.loadOptionsMethod) return 'a list from PiAPI';
	if (options.length > 0) return (options as INodePropertyOptions[]).map(shortName).join(', ');
	if (typeOptions?.dateOnly) return 'date';
	return TYPE_IN_WORDS[type] ?? 'text';
}

/** "9:16 (Vertical, for Reels, Shorts and TikTok)" is too much for a table. */
function shortName({ name }: INodePropertyOptions): string {
	return name.replace(/ \(.*,.*\)$/, '');
}

function standardOf({ type, options = [], default: value }: INodeProperties): string {
	if (type === 'boolean') return value ? 'on' : 'off';
	if (type === 'resourceLocator') return textOf((value as { value?: unknown }).value);
	if (type === 'collection' || type === 'fixedCollection') return 'empty';
	const chosen = (options as INodePropertyOptions[]).filter((option) =>
		[value].flat().includes(option.value as string),
	);
	return chosen.length > 0 ? chosen.map(shortName).join(', ') : textOf(value);
}

function textOf(value: unknown): string {
	// An expression without the sign by which n8n knows it.
	const text = String(value ?? '').replace(/^=/, '');
	return text === '' ? 'empty' : `\`${text}\``;
}

function whenShown({ displayOptions }: INodeProperties, all: INodeProperties[]): string {
	const conditions = conditionsOf(displayOptions?.show, all);
	if (displayOptions?.show?.['@tool']) conditions.unshift("the node is an AI agent's tool");
	return conditions.length > 0 ? `When ${conditions.join(' and ')}:` : '';
}

function whenHidden({ displayOptions }: INodeProperties, all: INodeProperties[]): string {
	const conditions = conditionsOf(displayOptions?.hide, all);
	return conditions.length > 0 ? `Not available when ${conditions.join(' or ')}.` : '';
}

/** "_Start Image_ is _Web Address_", for each condition on another field. */
function conditionsOf(
	conditions: Record<string, unknown> | undefined,
	all: INodeProperties[],
): string[] {
	return Object.entries(conditions ?? {}).flatMap(([path, values]) => {
		const forms = withOptions(all).filter(({ name }) => name === path.replace(/^\//, ''));
		if (forms.length === 0) return [];
		const choices = (values as unknown[]).map((value) => `_${labelOf(value, forms)}_`);
		return [`_${forms[0].displayName}_ is ${choices.join(' or ')}`];
	});
}

function labelOf(value: unknown, forms: INodeProperties[]): string {
	if (typeof value === 'boolean') return value ? 'on' : 'off';
	const options = forms.flatMap((form) => (form.options ?? []) as INodePropertyOptions[]);
	return options.find((option) => option.value === value)?.name ?? String(value);
}

/** One table for the fields, one for what is under Options; whichever has rows. */
export function fieldTables(rows: FieldRow[]): string {
	const tables = (['Field', 'Option'] as const).map((wanted) => {
		const own = rows.filter(({ kind }) => kind === wanted).map(({ cells }) => cells);
		return own.length > 0 ? table([wanted, 'Values', 'Default', 'Meaning'], own) : '';
	});
	return tables.filter(Boolean).join('\n\n') || 'This operation has no fields.';
}
