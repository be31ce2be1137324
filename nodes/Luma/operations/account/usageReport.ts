import type { IDataObject } from 'n8n-workflow';

import { sumUsd } from '../../jobs/price';
import type { HistoryRow } from '../../piapi/history';
import { isUnchargedStatus } from '../../piapi/task';
import type { DateTime } from '../timeParameter';

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
export class UsageReport {
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

	/** The beginning of the day after the last one. */
	get endTime(): number {
		return this.bounds[this.bounds.length - 1];
	}

	/** Counts a task on the day on which it was created. */
	add(row: HistoryRow): void {
		const day = this.dayOf(row);
		if (!day) return;
		count(row, day);
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

	/** Undefined outside of the days: PiAPI's filter may not be exact. */
	private dayOf({ createdAt }: HistoryRow): Usage | undefined {
		if (createdAt === null) return this.undated;
		const time = Date.parse(createdAt);
		return this.perDay[this.bounds.findLastIndex((bound) => bound <= time)];
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
function count({ status, costUsd }: HistoryRow, usage: Usage): void {
	if (isUnchargedStatus(status)) {
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
