/* eslint-disable @n8n/community-nodes/no-restricted-imports, @typescript-eslint/no-require-imports */
import { join } from 'node:path';

import type { INodeProperties, INodePropertyOptions, INodeTypeDescription } from 'n8n-workflow';

import { n8n } from '../../package.json';
import { repository } from '../n8n/versions';
import { fieldRows, type FieldRow } from './fields';

/** What a section of docs/operations.md is about: an operation, or a trigger. */
export interface Documented {
	/** Its heading, such as "Video: Text to Video". */
	heading: string;
	description: string;
	fields: FieldRow[];
}

export type Operation = ReturnType<typeof operationOf>;

type NodeTypes = Record<string, new () => { description: INodeTypeDescription }>;

/** Of all nodes that package.json names, from their sources. */
export const descriptions = n8n.nodes.map((path) => {
	const [, source, name] = /^dist\/(.*\/(\w+)\.node)\.js$/.exec(path)!;
	const types = require(join(repository, source)) as NodeTypes;
	return new types[name]().description;
});

/** All operations of the nodes that have any, resource by resource, as the editor lists them. */
export function operations(): Operation[] {
	return descriptions.flatMap(({ properties }) =>
		properties
			.filter(({ name }) => name === 'operation')
			.flatMap((list) => optionsOf(list).map((option) => operationOf(option, list, properties))),
	);
}

/** All nodes without operations. */
export function triggers(): Documented[] {
	return descriptions
		.filter(({ properties }) => properties.every(({ name }) => name !== 'operation'))
		.map(({ displayName, description, properties }) => ({
			heading: displayName,
			description,
			fields: fieldRows(properties),
		}));
}

function operationOf(
	{ name, value, description = '' }: INodePropertyOptions,
	{ displayOptions }: INodeProperties,
	properties: INodeProperties[],
) {
	/** Parameters that choose it. */
	const chosenBy = {
		resource: String(displayOptions?.show?.resource?.[0]),
		operation: String(value),
	};
	const resources = optionsOf(properties.find((field) => field.name === 'resource')!);
	const resource = resources.find((entry) => entry.value === chosenBy.resource)!.name;
	const own = properties.filter(({ displayOptions: { show } = {} }) =>
		Object.entries(chosenBy).every(([field, chosen]) => show?.[field]?.includes(chosen)),
	);
	const fields = fieldRows(own);
	return { heading: `${resource}: ${name}`, resource, name, description, chosenBy, fields };
}

function optionsOf(field: INodeProperties): INodePropertyOptions[] {
	return field.options as INodePropertyOptions[];
}
