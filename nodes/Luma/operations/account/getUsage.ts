import { tryToParseDateTime, type IDataObject, type INodeProperties } from 'n8n-workflow';

import { sumUsd } from '../../jobs/spending/price';
import { isUncharged } from '../../piapi/task';
import type { TaskRow } from '../../piapi/taskList';
import type { Operation } from '../operation';
import type { Parameters } from '../parameters';
import { perItem } from '../perItem';
import type { DateTime } from '../times';

/** Leap years included. */
const MAX_DAYS = 366;
const DEFAULT_DAYS = 30;

const startField: INodeProperties = {
	displayName: 'Start Date',
	name: 'startDate',
	type: 'dateTime',
	typeOptions: { dateOnly: true },
	default: '',
	description: `The first day, in the time zone of the workflow. Empty means the ${DEFAULT_DAYS} days up to 'End Date'.`,
};

const endField: INodeProperties = {
	displayName: 'End Date',
	name: 'endDate',
	type: 'dateTime',
	typeOptions: { dateOnly: true },
	default: '',
	description:
		'The last day, which counts as a whole, in the time zone of the workflow. Empty means today.',
};

export const getUsage: Operation = {
	fields: [startField, endField],
	execute: perItem((parameters) => {
		const days = daysOf(parameters);
		const timezone = parameters.context.getTimezone();
		return async (piapi) => {
			const report = new UsageReport(days, timezone);
			const { startTime, endTime } = report;
			for await (const row of piapi.tasks({ since: startTime, until: endTime })) report.add(row);
			return [report.output()];
		};
	}),
};

/** The beginning of each day, and that of the day after the last one. */
function daysOf(parameters: Parameters): DateTime[] {
	const timezone = parameters.context.getTimezone();
	const dayIn = (field: INodeProperties) =>
		parameters.time(field)?.setZone(timezone).startOf('day');
	const today = tryToParseDateTime(new Date(), timezone).startOf('day');
	const end = dayIn(endField) ?? today;
	const start = dayIn(startField) ?? end.minus({ days: DEFAULT_DAYS - 1 });

	const count = Math.round(end.diff(start, 'days').days) + 1;
	if (count < 1) {
		const remedy = 'Swap the two dates, or empty one of them.';
		throw parameters.error("'Start Date' lies after 'End Date'", remedy);
	}
	if (count > MAX_DAYS) {
		throw parameters.error(
			`'Start Date' and 'End Date' include ${count} days`,
			`Choose ${MAX_DAYS} days or fewer, for example one year after the other.`,
		);
	}
	return Array.from({ length: count + 1 }, (_, index) => start.plus({ days: index }));
}

/** What was made in some time. Amounts are US dollars. */
interface Usage {
	/** Finished videos. */
	videos: number;
	costUsd: number;
	/** Tasks that have not ended, and what is reserved for them. */
	runningVideos: number;
	reservedUsd: number;
	/** Tasks that failed or were cancelled. */
	unchargedTasks: number;
	/** Finished videos of which PiAPI does not say what they cost. */
	unpricedVideos: number;
}

/** Adds up the rows of the account's task list: per day of the workflow's time zone, and in total. */
class UsageReport {
	private readonly total = nothing();

	private readonly perDay: Usage[];

	/** Tasks without a readable date. PiAPI listed them for the days in question. */
	private readonly undated = nothing();

	private readonly bounds: number[];

	/** @param days the beginning of each day, and that of the day after the last one */
	constructor(
		private readonly days: DateTime[],
		private readonly timezone: string,
	) {
		this.bounds = days.map((day) => day.toMillis());
		this.perDay = days.slice(1).map(nothing);
	}

	/** Milliseconds since 1970, as is the next one. */
	get startTime(): number {
		return this.bounds[0];
	}

	/** The last millisecond of the last day. */
	get endTime(): number {
		return this.bounds[this.bounds.length - 1] - 1;
	}

	/** Counts a task on the day on which it was created. */
	add(row: TaskRow): void {
		count(row, this.dayOf(row));
		count(row, this.total);
	}

	output(): IDataObject {
		const { videos, costUsd, ...others } = rounded(this.total);
		const days = this.perDay.map((usage, index) => ({
			date: this.days[index].toISODate(),
			...rounded(usage),
		}));
		const isDated = Object.values(this.undated).every((amount) => amount === 0);
		return {
			videos,
			costUsd,
			startDate: this.days[0].toISODate(),
			endDate: this.days[this.days.length - 2].toISODate(),
			timezone: this.timezone,
			...others,
			days: isDated ? days : [...days, { date: null, ...rounded(this.undated) }],
		};
	}

	private dayOf({ createdAt }: TaskRow): Usage {
		if (createdAt === null) return this.undated;
		return this.perDay[this.bounds.findLastIndex((bound) => bound <= createdAt)];
	}
}

function nothing(): Usage {
	return {
		videos: 0,
		costUsd: 0,
		runningVideos: 0,
		reservedUsd: 0,
		unchargedTasks: 0,
		unpricedVideos: 0,
	};
}

/** A status word that nobody knows means that the task has not ended. */
function count({ status, costUsd }: TaskRow, usage: Usage): void {
	if (isUncharged({ status })) {
		usage.unchargedTasks++;
	} else if (status === 'completed') {
		usage.videos++;
		usage.costUsd += costUsd ?? 0;
		if (costUsd === null) usage.unpricedVideos++;
	} else {
		usage.runningVideos++;
		usage.reservedUsd += costUsd ?? 0;
	}
}

function rounded(usage: Usage): Usage {
	const { costUsd, reservedUsd } = usage;
	return { ...usage, costUsd: sumUsd([costUsd]), reservedUsd: sumUsd([reservedUsd]) };
}
