import type { IDataObject } from 'n8n-workflow';

import type { Operation } from './nodes';

/** Where n8n looks for them beside the node; the folder is called after the version of the node. */
const FOLDER = 'nodes/Luma/__schema__/v1.0.0';

interface Schema {
	type: string;
	properties?: Record<string, Schema>;
	items?: Schema;
}

/**
 * For each operation the schema of its output, from its sample: n8n's editor offers the fields to the next node
 * before anything has run (seen in 2.8 and 2.41).
 */
export function schemaFiles(
	operations: Operation[],
	samples: Record<string, IDataObject>,
): Array<{ path: string; content: string }> {
	// A task that is not finished has fields without a value, which another sample has.
	const fields = Object.values(samples).flatMap((sample) => Object.entries(sample));
	const given = fields.filter(([, value]) => value !== null);
	const types = Object.fromEntries(given.map(([name, value]) => [name, typeof value]));
	return operations.map(({ heading, chosenBy: { resource, operation } }) => {
		const schema = { ...schemaOf(samples[heading], types), version: 1 };
		return { path: `${FOLDER}/${resource}/${operation}.json`, content: JSON.stringify(schema) };
	});
}

function schemaOf(value: unknown, types: Record<string, string>, name = ''): Schema {
	if (value === null) return { type: types[name] ?? 'null' };
	if (Array.isArray(value)) {
		return { type: 'array', ...(value.length > 0 && { items: schemaOf(value[0], types) }) };
	}
	if (typeof value !== 'object') return { type: typeof value };
	const properties = Object.entries(value as object).map(([key, inner]): [string, Schema] => [
		key,
		schemaOf(inner, types, key),
	]);
	return { type: 'object', properties: Object.fromEntries(properties) };
}
