import { PiapiError } from '../../piapi/errors';
import { MAX_PAGE_SIZE, type HistoryRow } from '../../piapi/history';
import type { TaskStatus } from '../../piapi/task';
import type { Job } from '../job';
import { send, type Run } from '../run';

/** With fewer jobs than that, single reads take no more requests than the list. */
const MIN_JOBS = 4;
const LIST_TIMEOUT_MS = 5_000;
/** The list is asked for with that much to spare: its filter may not be exact. */
const MARGIN_MS = 60_000;
/** After so many looks in a row that failed, the list is not used any more. */
const MAX_FAILURES = 2;
/** A list that does not show a task of that age is wrong. */
const MAX_LIST_LAG_MS = 5_000;

const OPEN: ReadonlySet<TaskStatus | null | undefined> = new Set([
	'pending',
	'staged',
	'processing',
] as const);

interface ListLook {
	/** Jobs whose task has to be read, because the list does not show it as open. */
	unsettled: Job[];
	/** One of the others, to be read as a check of the list. */
	check?: Job;
}

type Rows = ReadonlyMap<string, HistoryRow>;

/**
 * Tells from the account's task list, 100 tasks a request, which tasks have to be read themselves. One of
 * the others is read each time as a check. While the list lags or is wrong, every task is read itself; once
 * that does not pass, the list is not used any more in this run.
 */
export class TaskListView {
	/** Looks in a row at which the list could not be read, or was wrong. */
	private failures = 0;

	/** Jobs that were checked since all had been. */
	private readonly checked = new Set<Job>();

	private lastChecked: Job | undefined;

	constructor(private readonly run: Run) {}

	async look(jobs: Job[]): Promise<ListLook> {
		const seen = jobs.filter((job) => job.in('running')?.task);
		if (this.failures === MAX_FAILURES || seen.length < MIN_JOBS) return { unsettled: jobs };

		const rows = await this.rowsOf(seen);
		if (!rows || this.isContradicted(rows, seen)) {
			this.failures++;
			return { unsettled: jobs };
		}
		this.failures = 0;
		const unsettled = jobs.filter((job) => !isListedAsOpen(rows, job));
		const open = seen.filter((job) => isListedAsOpen(rows, job));
		return { unsettled, check: this.nextCheck(open) };
	}

	private isContradicted(rows: Rows, seen: Job[]): boolean {
		const { lastChecked } = this;
		const hasEnded = lastChecked !== undefined && !lastChecked.in('running');
		if (hasEnded && isListedAsOpen(rows, lastChecked)) return true;
		const now = this.run.clock.now();
		return seen.some((job) => {
			const running = job.in('running');
			const isOld = running !== undefined && now - running.startedAt > MAX_LIST_LAG_MS;
			return isOld && !rows.get(running.taskId)?.status;
		});
	}

	/** Checks the jobs one after the other. */
	private nextCheck(open: Job[]): Job | undefined {
		if (open.every((job) => this.checked.has(job))) this.checked.clear();
		const check = open.find((job) => !this.checked.has(job));
		if (check) this.checked.add(check);
		this.lastChecked = check;
		return check;
	}

	/** @returns undefined when the list could not be read */
	private async rowsOf(seen: Job[]): Promise<Rows | undefined> {
		const created = seen.map((job) => Date.parse(job.in('running')?.task?.createdAt ?? ''));
		const oldest = created.reduce((one, other) => Math.min(one, other), Infinity);
		const startTime = Number.isFinite(oldest) ? oldest - MARGIN_MS : undefined;
		const first = await this.page(1, startTime);
		if (!first) return undefined;

		// Tasks that are made meanwhile push others to the next page.
		const wanted = Math.ceil(seen.length / MAX_PAGE_SIZE) + 1;
		const pages = Math.min(wanted, Math.ceil((first.total ?? Infinity) / MAX_PAGE_SIZE));
		const others = await Promise.all(
			Array.from({ length: first.hasMore ? pages - 1 : 0 }, async (_, index) => {
				return await this.page(index + 2, startTime);
			}),
		);
		const rows = [first, ...others].flatMap((page) => page?.rows ?? []);
		return new Map(rows.map((row) => [row.taskId, row]));
	}

	private async page(page: number, startTime: number | undefined) {
		const { client } = this.run;
		const query = { page, pageSize: MAX_PAGE_SIZE, startTime };
		const list = await send(this.run, async () => await client.listTasks(query, LIST_TIMEOUT_MS));
		return list instanceof PiapiError ? undefined : list;
	}
}

function isListedAsOpen(rows: Rows, job: Job): boolean {
	const { state } = job;
	const taskId = state.status === 'succeeded' ? state.task.taskId : job.in('running')?.taskId;
	return taskId !== undefined && OPEN.has(rows.get(taskId)?.status);
}
