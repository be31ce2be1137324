import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import type { Operation } from '../operation';
import { perItem } from '../perItem';
import { choice, numberOption } from '../validation';
import { cancelPending } from './cancelPending';

const WHICH = ['olderThan', 'all'] as const;

/** A year: PiAPI deletes tasks long before that. */
const MAX_MINUTES = 366 * 24 * 60;
const MINUTE_MS = 60_000;

const fields: INodeProperties[] = [
	{
		displayName: 'Tasks to Cancel',
		name: 'tasksToCancel',
		type: 'options',
		options: [
			{
				name: 'Older Than',
				value: 'olderThan',
				description: 'Tasks that have been waiting to start for some time',
			},
			{
				name: 'All',
				value: 'all',
				description: 'All tasks that wait to start, those of other workflows included',
			},
		],
		default: 'olderThan',
		description:
			'Which of the Luma tasks of your account to cancel. Tasks that have started are never cancelled: PiAPI keeps working on them.',
	},
	{
		displayName: 'Older Than (Minutes)',
		name: 'olderThanMinutes',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: MAX_MINUTES },
		default: 60,
		displayOptions: { show: { tasksToCancel: ['olderThan'] } },
		description: 'Only tasks that were created more than this many minutes ago',
	},
];

export const cancelMany: Operation = {
	fields,
	execute: perItem((context, itemIndex) => {
		const minAgeMs = minAgeParameter(context, itemIndex);
		return async (client, clock) => [await cancelPending(client, clock, minAgeMs)];
	}),
};

/** Milliseconds; 0 for all tasks. */
function minAgeParameter(context: IExecuteFunctions, itemIndex: number): number {
	const which = choice(context, itemIndex, {
		label: 'Tasks to Cancel',
		value: context.getNodeParameter('tasksToCancel', itemIndex, 'olderThan'),
		values: WHICH,
	});
	if (which === 'all') return 0;
	const minutes = numberOption(context, itemIndex, {
		label: 'Older Than (Minutes)',
		value: context.getNodeParameter('olderThanMinutes', itemIndex, 60),
		min: 1,
		max: MAX_MINUTES,
		remedy: "Enter a number of minutes from 1, such as 60, or set 'Tasks to Cancel' to All.",
	});
	return minutes * MINUTE_MS;
}
