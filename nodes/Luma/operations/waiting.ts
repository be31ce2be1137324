import type { IExecuteFunctions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import type { WaitSettings } from '../jobs/request';
import { MIN_SUSPEND_MS } from '../suspend/suspend';
import { Parameters } from './parameters';

export type WaitMode = 'poll' | 'callback' | 'none';

const POLL: INodePropertyOptions = {
	name: 'Wait Here',
	value: 'poll',
	description: 'Continue when the videos are finished: about two minutes',
};

const CALLBACK: INodePropertyOptions = {
	name: 'Suspend Until Callback',
	value: 'callback',
	description: 'Needs a public https:// address. Keeps n8n free meanwhile.',
};

const NONE: INodePropertyOptions = {
	name: 'Do Not Wait',
	value: 'none',
	description: 'Continue at once with task IDs. Get the videos later.',
};

const waitModeField: INodeProperties = {
	displayName: 'Wait Mode',
	name: 'waitMode',
	type: 'options',
	noDataExpression: true,
	options: [],
	default: 'poll',
	description: 'When the next node gets its turn',
};

/** An agent waits for its tool's answer, so as a tool the node cannot be suspended. */
const notAsTool = { displayOptions: { hide: { '@tool': [true] } } };
const onlyAsTool = { displayOptions: { show: { '@tool': [true] } } };

/** What a person has to know of each choice so as not to pay twice. n8n has one hint for a field, whatever is chosen. */
const noticeFields = Object.entries({
	poll: 'You can leave this page: the videos arrive all the same, and the run is listed under Executions. Do not execute a second time, since that pays a second time. When you stop the run, videos that Luma has started are still charged.',
	callback:
		'You can leave this page: the run is listed as Waiting under Executions. Do not execute a second time, since that pays a second time. When you stop the run, the videos are still charged.',
	none: 'The run ends at once, and Luma makes the videos in the meantime. Each is charged when it is finished, whether or not you get it.',
} satisfies Record<WaitMode, string>).map(
	([mode, displayName]): INodeProperties => ({
		displayName,
		name: `${mode}Notice`,
		type: 'notice',
		default: '',
		displayOptions: { show: { waitMode: [mode] }, ...notAsTool.displayOptions },
	}),
);

/** The choice for operations that make tasks. */
export const waitModeFields: INodeProperties[] = [
	{ ...waitModeField, ...notAsTool, options: [POLL, CALLBACK, NONE] },
	{ ...waitModeField, ...onlyAsTool, options: [POLL, NONE] },
	...noticeFields,
];

/** The choice for tasks that were made earlier. */
export const waitModeOfEarlierTasks: INodeProperties = {
	...waitModeField,
	...notAsTool,
	hint: 'Waiting is free. It goes on when you leave this page: look under Executions.',
	options: [
		POLL,
		{
			...CALLBACK,
			description: 'Only for tasks of this execution. Waits here for others.',
		},
	],
};

/** What the item's 'Wait Mode' is. */
export function waitMode(parameters: Parameters): WaitMode {
	return parameters.choice<WaitMode>({ ...waitModeField, options: [POLL, CALLBACK, NONE] });
}

/** The same option, hidden where it would do nothing. */
export function hiddenFor(modes: WaitMode[], option: INodeProperties): INodeProperties {
	return { ...option, displayOptions: { hide: { '/waitMode': modes } } };
}

/** Enough for the longest queue; n8n's timers hold 24 days, and PiAPI deletes what was made after a while. */
const WEEK_MINUTES = 7 * 24 * 60;

/** The largest Max Concurrency; no plan of PiAPI comes near. */
const MAX_CONCURRENCY = 100;

/** Options of every operation that can wait for a video. */
export const waitOptions = {
	maxConcurrency: {
		displayName: 'Max Concurrency',
		name: 'maxConcurrency',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: MAX_CONCURRENCY },
		default: 10,
		description:
			'How many requests to PiAPI may be under way at the same time. All videos are made side by side in any case; lower this only when PiAPI asks for fewer requests.',
	},
	onTimeout: {
		displayName: 'On Timeout',
		name: 'onTimeout',
		type: 'options',
		options: [
			{
				name: 'Stop With a Message',
				value: 'error',
				description: 'The item fails, and the message names the task ID',
			},
			{
				name: 'Output the Task',
				value: 'output',
				description: 'The workflow continues with the task ID and the status "timeout"',
			},
		],
		default: 'error',
		description:
			'What to do when the video is not finished in time. PiAPI keeps working on it either way, and Task → Wait can get the video later.',
	},
	pollIntervalSeconds: {
		displayName: 'Poll Interval (Seconds)',
		name: 'pollIntervalSeconds',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: 3600, numberPrecision: 1 },
		default: 0,
		description:
			'How often to ask PiAPI whether the video is finished. 0 chooses by itself: every few seconds while most videos come, less often after some minutes. Asking is free.',
	},
	timeoutMinutes: {
		displayName: 'Timeout (Minutes)',
		name: 'timeoutMinutes',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: WEEK_MINUTES, numberPrecision: 2 },
		default: 15,
		description:
			'How long to wait for the video. Most take about two minutes. Fractions are fine; with Suspend Until Callback 2 is the least.',
	},
} satisfies Record<string, INodeProperties>;

const MINUTE_MS = 60_000;

/** How an item waits in this mode; undefined when it does not wait. */
export function waitSettings(parameters: Parameters, mode: WaitMode): WaitSettings | undefined {
	if (mode === 'none') return undefined;
	const options = parameters.in('options');
	return mode === 'poll' ? waitHere(options) : sleepFor(options);
}

/** At the time limit n8n hands on the items of a suspended node: it can neither fail nor read again then. */
function sleepFor(options: Parameters): WaitSettings {
	const minutes = options.number(waitOptions.timeoutMinutes, {
		min: MIN_SUSPEND_MS / MINUTE_MS,
		remedy: "Enter 2 minutes or more when 'Wait Mode' is Suspend Until Callback, such as 15.",
	});
	return { timeoutMs: minutes * MINUTE_MS, pollIntervalMs: 0, onTimeout: 'output' };
}

function waitHere(options: Parameters): WaitSettings {
	const minutes = options.number(waitOptions.timeoutMinutes, { min: 0.01 });
	const pollSeconds = options.number(waitOptions.pollIntervalSeconds);
	return {
		timeoutMs: minutes * MINUTE_MS,
		pollIntervalMs: pollSeconds * 1000,
		onTimeout: options.choice<WaitSettings['onTimeout']>(waitOptions.onTimeout),
	};
}

/** How many requests to PiAPI may be under way at once; read from the first item. */
export function maxConcurrency(context: IExecuteFunctions): number {
	return new Parameters(context, 0).in('options').number(waitOptions.maxConcurrency);
}
