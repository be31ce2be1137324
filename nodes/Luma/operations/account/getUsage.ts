import { tryToParseDateTime, type IExecuteFunctions, type INodeProperties } from 'n8n-workflow';

import { historyPages, taskListOf } from '../../jobs/historyPages';
import { MAX_PAGE_SIZE } from '../../piapi/history';
import type { Operation } from '../operation';
import { perItem } from '../perItem';
import { timeParameter, type DateTime } from '../timeParameter';
import { validationError } from '../validation';
import { UsageReport } from './usageReport';

/** Leap years included. */
const MAX_DAYS = 366;
const DEFAULT_DAYS = 30;
/** The list is asked for with that much to spare: its filter may not be exact. */
const MARGIN_MS = 60_000;

const fields: INodeProperties[] = [
	{
		displayName: 'Start Date',
		name: 'startDate',
		type: 'dateTime',
		typeOptions: { dateOnly: true },
		default: '',
		description: `The first day, in the time zone of the workflow. Empty means the ${DEFAULT_DAYS} days up to 'End Date'.`,
	},
	{
		displayName: 'End Date',
		name: 'endDate',
		type: 'dateTime',
		typeOptions: { dateOnly: true },
		default: '',
		description:
			'The last day, which counts as a whole, in the time zone of the workflow. Empty means today.',
	},
];

export const getUsage: Operation = {
	fields,
	execute: perItem((context, itemIndex) => {
		const days = daysParameter(context, itemIndex);
		const timezone = context.getTimezone();
		return async (client, clock) => {
			const report = new UsageReport(days, timezone);
			const pages = historyPages(taskListOf(client, clock), {
				pageSize: MAX_PAGE_SIZE,
				startTime: report.startTime - MARGIN_MS,
				endTime: report.endTime + MARGIN_MS,
			});
			for await (const { rows } of pages) rows.forEach((row) => report.add(row));
			return [report.output()];
		};
	}),
};

/** The beginning of each day, and that of the day after the last one. */
function daysParameter(context: IExecuteFunctions, itemIndex: number): DateTime[] {
	const timezone = context.getTimezone();
	const dayOf = (name: string, label: string) =>
		timeParameter(context, itemIndex, { name, label })?.setZone(timezone).startOf('day');
	const today = tryToParseDateTime(new Date(), timezone).startOf('day');
	const end = dayOf('endDate', 'End Date') ?? today;
	const start = dayOf('startDate', 'Start Date') ?? end.minus({ days: DEFAULT_DAYS - 1 });

	const count = Math.round(end.diff(start, 'days').days) + 1;
	if (count < 1) {
		throw validationError(
			context,
			itemIndex,
			"'Start Date' lies after 'End Date'",
			'Swap the two dates, or empty one of them.',
		);
	}
	if (count > MAX_DAYS) {
		throw validationError(
			context,
			itemIndex,
			`'Start Date' and 'End Date' include ${count} days`,
			`Choose ${MAX_DAYS} days or fewer, for example one year after the other.`,
		);
	}
	return Array.from({ length: count + 1 }, (_, index) => start.plus({ days: index }));
}
