import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import type { WaitSettings } from '../jobs/request';
import { MIN_SUSPEND_MS } from '../webhooks/suspend';
import { MAX_CONCURRENCY } from './validatedItems';
import { choice, numberOption } from './validation';
import type { WaitMode } from './waitMode';

/** Enough for the longest queue; n8n's timers hold 24 days, and PiAPI deletes what was made after a while. */
const WEEK_MINUTES = 7 * 24 * 60;

/** Options of every operation that can wait for a video. Alphabetical among the other options. */
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
export function waitSettings(
	context: IExecuteFunctions,
	itemIndex: number,
	options: IDataObject,
	mode: WaitMode,
): WaitSettings | undefined {
	if (mode === 'none') return undefined;
	return mode === 'poll'
		? waitHere(context, itemIndex, options)
		: sleepFor(context, itemIndex, options);
}

/** At the time limit n8n hands on the items of a suspended node: it can neither fail nor read again then. */
function sleepFor(
	context: IExecuteFunctions,
	itemIndex: number,
	{ timeoutMinutes }: IDataObject,
): WaitSettings {
	const minutes = numberOption(context, itemIndex, {
		label: 'Timeout (Minutes)',
		value: timeoutMinutes ?? waitOptions.timeoutMinutes.default,
		min: MIN_SUSPEND_MS / MINUTE_MS,
		max: WEEK_MINUTES,
		remedy: "Enter 2 minutes or more when 'Wait Mode' is Suspend Until Callback, such as 15.",
	});
	return { timeoutMs: minutes * MINUTE_MS, pollIntervalMs: 0, onTimeout: 'output' };
}

function waitHere(
	context: IExecuteFunctions,
	itemIndex: number,
	options: IDataObject,
): WaitSettings {
	const timeoutMinutes = numberOption(context, itemIndex, {
		label: 'Timeout (Minutes)',
		value: options.timeoutMinutes ?? waitOptions.timeoutMinutes.default,
		min: 0.01,
		max: WEEK_MINUTES,
		remedy: 'Enter a number of minutes above 0, such as 15.',
	});
	const pollIntervalSeconds = numberOption(context, itemIndex, {
		label: 'Poll Interval (Seconds)',
		value: options.pollIntervalSeconds ?? waitOptions.pollIntervalSeconds.default,
		min: 0,
		max: waitOptions.pollIntervalSeconds.typeOptions.maxValue,
		remedy: 'Enter a number of seconds, or 0 to leave the choice to the node.',
	});
	const onTimeout = choice(context, itemIndex, {
		label: 'On Timeout',
		value: options.onTimeout ?? waitOptions.onTimeout.default,
		values: ['error', 'output'] as const,
	});
	return {
		timeoutMs: timeoutMinutes * MINUTE_MS,
		pollIntervalMs: pollIntervalSeconds * 1000,
		onTimeout,
	};
}
