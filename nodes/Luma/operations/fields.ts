import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import {
	FURTHER_FIELDS,
	SIMPLIFIED_FIELDS,
	simplifiedOrRaw,
	type OutputField,
	type OutputFormat,
} from '../jobs/output';
import { byName } from './choices';
import type { Parameters } from './parameters';

/** What few people need. */
export function optionsField(options: INodeProperties[]): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options,
	};
}

/** The switch of everything whose output is a task. */
export const simplifyField: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description:
		"Whether to return a simplified version of the response instead of PiAPI's own task object",
};

const outputField: INodeProperties = {
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
};

const selectedFields: INodeProperties = {
	displayName: 'Output Fields',
	name: 'outputFields',
	type: 'multiOptions',
	displayOptions: { show: { '@tool': [true], output: ['selected'] } },
	default: [],
	required: true,
	description: 'Fields that the agent gets besides the task ID, which it always gets',
};

/**
 * 'Simplify', and for the tool of an AI agent 'Output' in its place: an agent should get no more than
 * it needs. n8n 1.123, 2.8 and 2.41 tell the two apart by `@tool`.
 *
 * @param selectable names of the fields that can be selected, by their value
 * @param selected the fields that are selected at first
 */
export function outputFormatFields<F extends string>(
	selectable: Record<F, string>,
	selected: F[],
): INodeProperties[] {
	const options = Object.entries<string>(selectable)
		.map(([value, name]): INodePropertyOptions => ({ name, value }))
		.sort(byName);
	return [
		{ ...simplifyField, displayOptions: { hide: { '@tool': [true] } } },
		outputField,
		{ ...selectedFields, options, default: [...selected] },
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

/** What the output of a task is to show. */
export function taskOutputFormat(parameters: Parameters): OutputFormat {
	return outputFormat(parameters, [...SIMPLIFIED_FIELDS, ...FURTHER_FIELDS]);
}

/**
 * What the output is to show.
 *
 * @param selectable the fields that can be selected, in the order of the output
 * @throws NodeOperationError when no field is selected, or one that there is not
 */
export function outputFormat<F extends string>(
	parameters: Parameters,
	selectable: readonly F[],
): OutputFormat<F> {
	// A field that n8n does not show has no value: a plain node has no 'Output', a tool no 'Simplify'.
	if (parameters.value(outputField, '') === '') {
		return simplifiedOrRaw(parameters.switch(simplifyField));
	}
	const type = parameters.choice<OutputFormat['type']>(outputField);
	if (type !== 'selected') return { type };
	const fields = parameters.choices(selectedFields, selectable);
	if (fields.length > 0) return { type, fields };
	throw parameters.error(
		"No field is chosen under 'Output Fields'",
		"Choose at least one field, or set 'Output' to Simplified.",
	);
}

/**
 * Which ends of a task start the workflow; both triggers have it.
 *
 * @param when added to the actions that n8n lists for the trigger, such as `, instantly`
 */
export function eventsField(when = ''): INodeProperties {
	return {
		displayName: 'Events',
		name: 'events',
		type: 'multiOptions',
		noDataExpression: true,
		options: [
			{
				name: 'Video Completed',
				value: 'completed',
				description: 'The video is ready',
				action: `On video finished${when}`,
			},
			{
				name: 'Video Failed',
				value: 'failed',
				description: 'Luma could not make the video, and nothing was charged',
				action: `On video failed${when}`,
			},
		],
		default: ['completed', 'failed'],
		description: 'What starts the workflow. Leave it empty for both.',
	};
}
