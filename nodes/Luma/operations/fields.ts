import type { IExecuteFunctions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import {
	FURTHER_FIELDS,
	SIMPLIFIED_FIELDS,
	simplifiedOrRaw,
	type OutputField,
	type OutputFormat,
} from '../jobs/output';
import { choice, switchOption, validationError } from './validation';

/** The switch of everything whose output is a task. */
export const simplifyField: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description:
		"Whether to return a simplified version of the response instead of PiAPI's own task object",
};

const OUTPUTS = ['simplified', 'selected', 'raw'] as const;

/**
 * 'Simplify', and for the tool of an AI agent 'Output' in its place: an agent should get no more than
 * it needs. n8n 1.123, 2.8 and 2.41 tell the two apart by `@tool`.
 *
 * @param selectable names of the fields that can be selected, by their value
 * @param selected the fields that are selected at first
 */
export function outputFormatFields<Field extends string>(
	selectable: Record<Field, string>,
	selected: Field[],
): INodeProperties[] {
	return [
		{ ...simplifyField, displayOptions: { hide: { '@tool': [true] } } },
		{
			displayName: 'Output',
			name: 'output',
			type: 'options',
			displayOptions: { show: { '@tool': [true] } },
			options: [
				{
					name: 'Raw',
					value: 'raw',
					description: "PiAPI's own object under 'task'. It is long, and uses many tokens.",
				},
				{
					name: 'Selected Fields',
					value: 'selected',
					description: 'The task ID and what you choose',
				},
				{ name: 'Simplified', value: 'simplified', description: 'The most used fields' },
			],
			default: 'simplified',
			description: 'What an AI agent gets in its answer',
		},
		{
			displayName: 'Output Fields',
			name: 'outputFields',
			type: 'multiOptions',
			displayOptions: { show: { '@tool': [true], output: ['selected'] } },
			options: Object.entries<string>(selectable)
				.map(([value, name]): INodePropertyOptions => ({ name, value }))
				.sort((one, other) => one.name.localeCompare(other.name)),
			default: [...selected],
			required: true,
			description: 'Fields that the agent gets besides the task ID, which it always gets',
		},
	];
}

const TASK_FIELDS: Record<OutputField, string> = {
	status: 'Status',
	videoUrl: 'Video URL',
	thumbnailUrl: 'Thumbnail URL',
	lastFrameUrl: 'Last Frame URL',
	prompt: 'Prompt',
	duration: 'Duration',
	aspectRatio: 'Aspect Ratio',
	costUsd: 'Cost (USD)',
	completedAt: 'Completed At',
	watermarkedVideoUrl: 'Watermarked Video URL',
	width: 'Width',
	height: 'Height',
	model: 'Model',
	seed: 'Seed',
	createdAt: 'Created At',
	startedAt: 'Started At',
	waitSeconds: 'Seconds Waited',
	failureReason: 'Failed Because',
};

/** The fields of every operation whose output is a task. */
export const taskOutputFields = outputFormatFields(TASK_FIELDS, ['status', 'videoUrl']);

/** @throws NodeOperationError as `outputFormat` does */
export function taskOutputFormat(context: IExecuteFunctions, itemIndex: number): OutputFormat {
	return outputFormat(context, itemIndex, [...SIMPLIFIED_FIELDS, ...FURTHER_FIELDS]);
}

/**
 * What the output is to show.
 *
 * @param selectable the fields that can be selected, in the order of the output
 * @throws NodeOperationError when no field is selected, or one that there is not
 */
export function outputFormat<Field extends string>(
	context: IExecuteFunctions,
	itemIndex: number,
	selectable: readonly Field[],
): OutputFormat<Field> {
	// A field that n8n does not show has no value: a plain node has no 'Output', a tool no 'Simplify'.
	const value = context.getNodeParameter('output', itemIndex, '') as unknown;
	if (value === '') {
		const simplify = context.getNodeParameter('simplify', itemIndex, true);
		return simplifiedOrRaw(switchOption(context, itemIndex, 'Simplify', simplify));
	}
	const type = choice(context, itemIndex, { label: 'Output', value, values: OUTPUTS });
	if (type !== 'selected') return { type };
	return { type, fields: selectedFields(context, itemIndex, selectable) };
}

function selectedFields<Field extends string>(
	context: IExecuteFunctions,
	itemIndex: number,
	selectable: readonly Field[],
): Field[] {
	const value = context.getNodeParameter('outputFields', itemIndex, []) as unknown;
	const chosen = [value]
		.flat()
		.map((field) =>
			choice(context, itemIndex, { label: 'Output Fields', value: field, values: selectable }),
		);
	if (chosen.length > 0) return selectable.filter((field) => chosen.includes(field));
	throw validationError(
		context,
		itemIndex,
		"No field is chosen under 'Output Fields'",
		"Choose at least one field, or set 'Output' to Simplified.",
	);
}
