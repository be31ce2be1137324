import type { INodeProperties, IPollFunctions } from 'n8n-workflow';

import { numberOf, recordOf } from '../piapi/json';

const HOUR_MS = 60 * 60_000;
const DEFAULT_HOURS = 24;
const MAX_HOURS = 168;

export const optionsField: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [
		{
			displayName: 'Catch Up (Hours)',
			name: 'catchUpHours',
			type: 'number',
			noDataExpression: true,
			typeOptions: { minValue: 1, maxValue: MAX_HOURS },
			default: DEFAULT_HOURS,
			description:
				'After n8n or the workflow was off: how far back to go. Videos that finished before that do not start the workflow. At most 168 hours.',
		},
	],
};

/** Milliseconds; what is no number of hours in the range counts as the nearest one that is. */
export function catchUpMs(context: IPollFunctions): number {
	const { catchUpHours } = recordOf(context.getNodeParameter('options', {}));
	const hours = numberOf(catchUpHours) ?? DEFAULT_HOURS;
	return Math.min(Math.max(hours, 1), MAX_HOURS) * HOUR_MS;
}
