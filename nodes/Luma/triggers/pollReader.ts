import type { PiapiClient } from '../piapi/client';
import { catchPiapiError, PiapiError } from '../piapi/errors';
import { hasEnded, isFinal, isOfLuma, isOneOf, type EndEvent, type Task } from '../piapi/task';
import { MAX_PAGE_SIZE, type TaskRow } from '../piapi/taskList';
import type { RunClock } from '../runtime/clock';

export const DAY_MS = 24 * 60 * 60_000;
/** Shares of the time of a poll. */
const LIST_SHARE = 0.5;
const READS_SHARE = 0.9;
const TEST_READS = 25;
const TEST_READS_AT_ONCE = 5;

interface RowQuery {
	since?: number;
	/** How many rows to skip. */
	from?: number;
	/** How far to go back at most, where there is more than a page. */
	longestMs: number;
}

/** What the reads of tasks have shown, and which tasks PiAPI does not know. */
export interface Reads {
	tasks: ReadonlyMap<string, Task>;
	unknown: ReadonlySet<string>;
}

/** Asks PiAPI what one poll needs to know, for as long as its time lasts. */
export class PollReader {
	private readonly startedAt: number;

	constructor(
		readonly piapi: PiapiClient,
		private readonly clock: RunClock,
		private readonly budgetMs: number,
	) {
		this.startedAt = clock.now();
	}

	/**
	 * The outcome of the work with this reader; nothing goes on after it.
	 *
	 * @throws PiapiError `noAnswer` when the time is over before
	 */
	async inTime<T extends object>(work: Promise<T>): Promise<T> {
		try {
			const outcome = await this.within(1, work);
			if (!outcome) throw new PiapiError('noAnswer');
			return outcome;
		} finally {
			this.clock.abort();
		}
	}

	/** @returns with `leftAt`, when there was no time to see the end of the list: where it goes on */
	async rows({ since, from, longestMs }: RowQuery): Promise<{ rows: TaskRow[]; leftAt?: number }> {
		const rows: TaskRow[] = [];
		let isCut = false;
		const read = async () => {
			const query = { since: since || undefined, from, pageSize: MAX_PAGE_SIZE };
			const timeoutMs = LIST_SHARE * this.budgetMs;
			for await (const row of this.piapi.tasks(query, { timeoutMs })) {
				const isTooOld = (row.createdAt ?? Infinity) < this.piapi.now() - longestMs;
				if (isCut || (isTooOld && row.position >= MAX_PAGE_SIZE)) break;
				rows.push(row);
			}
			return rows;
		};
		isCut = !(await this.within(LIST_SHARE, read()));
		if (!isCut) return { rows };
		if (rows.length === 0) throw new PiapiError('noAnswer');
		return { rows, leftAt: rows[rows.length - 1].position };
	}

	/**
	 * Reads tasks in the given order, until the time is over or PiAPI asks for fewer requests.
	 *
	 * @throws PiapiError when none can be read; one that PiAPI does not know yet, or any more, holds up nobody
	 */
	async tasks(taskIds: string[]): Promise<Reads> {
		const tasks = new Map<string, Task>();
		const unknown = new Set<string>();
		const errors: PiapiError[] = [];
		const reads = taskIds.map(async (taskId) => {
			const outcome = await catchPiapiError(this.piapi.task(taskId, { once: true }));
			if (!(outcome instanceof PiapiError)) tasks.set(taskId, outcome);
			else if (outcome.code === 'unknownTask') unknown.add(taskId);
			else if (outcome.code !== 'stopped') errors.push(outcome.about(taskId));
			// All that wait for their turn end with `stopped`.
			if (errors.some(({ code }) => code === 'tooManyRequests')) this.clock.abort();
		});
		await this.within(READS_SHARE, Promise.all(reads));
		if (errors.length > 0 && tasks.size === 0) throw errors[0];
		return { tasks, unknown };
	}

	/**
	 * The task that ended last, for a test in the editor: a completed one if there is one, since it has what a
	 * workflow is built with.
	 *
	 * @returns undefined when none of the account's last tasks has ended that way
	 * @throws PiapiError when PiAPI cannot be asked
	 */
	async latestTask(events: readonly EndEvent[]): Promise<Task | undefined> {
		const { rows } = await this.rows({ longestMs: DAY_MS });
		const taskIds = rows
			.filter((row) => isFinal(row) && isOneOf(events, row))
			.sort((one, other) => (other.updatedAt ?? 0) - (one.updatedAt ?? 0))
			.sort(completedFirst)
			.map(({ taskId }) => taskId)
			.slice(0, TEST_READS);
		for (let from = 0; from < taskIds.length; from += TEST_READS_AT_ONCE) {
			const { tasks } = await this.tasks(taskIds.slice(from, from + TEST_READS_AT_ONCE));
			const [latest] = [...tasks.values()]
				.filter((task) => hasEnded(task) && isOfLuma(task) && isOneOf(events, task))
				.sort((one, other) => (other.completedAt ?? 0) - (one.completedAt ?? 0))
				.sort(completedFirst);
			if (latest) return latest;
		}
		return undefined;
	}

	/** The outcome of the work; undefined when that share of the time is over before. */
	private async within<T extends object>(share: number, work: Promise<T>): Promise<T | undefined> {
		const leftMs = () => this.startedAt + share * this.budgetMs - this.clock.now();
		let outcome: T | undefined;
		do {
			// In short sleeps, since they outlive the poll.
			const sleepMs = Math.min(1_000, Math.max(0, leftMs()));
			outcome = await this.clock.withTimeout(sleepMs, work);
		} while (!outcome && leftMs() > 0);
		return outcome;
	}
}

type Seen = Pick<TaskRow, 'status'>;

/** Leaves the order as it is among those that are alike. */
function completedFirst(one: Seen, other: Seen): number {
	return Number(other.status === 'completed') - Number(one.status === 'completed');
}
