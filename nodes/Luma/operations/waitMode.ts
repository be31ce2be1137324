import type { IExecuteFunctions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { choice } from './validation';

const WAIT_MODES = ['poll', 'callback', 'none'] as const;

export type WaitMode = (typeof WAIT_MODES)[number];

const POLL: INodePropertyOptions = {
	name: 'Wait Here',
	value: 'poll',
	description:
		'The workflow continues when the videos are finished, usually after about two minutes',
};

const CALLBACK: INodePropertyOptions = {
	name: 'Suspend Until Callback',
	value: 'callback',
	description:
		'The execution is suspended, without keeping n8n busy, until PiAPI has called n8n about all videos. Your n8n needs a public https:// address.',
};

const NONE: INodePropertyOptions = {
	name: 'Do Not Wait',
	value: 'none',
	description:
		'The workflow continues at once with task IDs; get the videos later with Task → Wait',
};

const field: INodeProperties = {
	displayName: 'Wait Mode',
	name: 'waitMode',
	type: 'options',
	noDataExpression: true,
	options: [],
	default: 'poll',
	description: 'When the next node gets its turn',
	hint: 'Waiting takes about two minutes. You can leave this page: that does not stop it.',
};

/** An agent waits for its tool's answer, so as a tool the node cannot be suspended. */
const notAsTool = { displayOptions: { hide: { '@tool': [true] } } };
const onlyAsTool = { displayOptions: { show: { '@tool': [true] } } };

/** The choice for operations that make tasks. */
export const waitModeFields: INodeProperties[] = [
	{ ...field, ...notAsTool, options: [POLL, CALLBACK, NONE] },
	{ ...field, ...onlyAsTool, options: [POLL, NONE] },
];

/** The choice for tasks that were made earlier. */
export const waitModeOfEarlierTasks: INodeProperties = {
	...field,
	...notAsTool,
	options: [
		POLL,
		{
			...CALLBACK,
			description:
				'The execution is suspended until PiAPI has called n8n about the videos. It does so only for tasks that this execution made; for others the node waits as in Wait Here.',
		},
	],
};

export function waitModeParameter(context: IExecuteFunctions, itemIndex: number): WaitMode {
	return choice(context, itemIndex, {
		label: 'Wait Mode',
		value: context.getNodeParameter('waitMode', itemIndex, 'poll'),
		values: WAIT_MODES,
	});
}

/** The same option, hidden where it would do nothing. */
export function hiddenFor(modes: WaitMode[], option: INodeProperties): INodeProperties {
	return { ...option, displayOptions: { hide: { '/waitMode': modes } } };
}
