import { unconfirmedRemedy, unconfirmedDetail } from '../messages/remedies';
import { isRetryable, PiapiError } from '../piapi/errors';
import type { Task } from '../piapi/task';
import type { TaskQuery } from '../piapi/taskList';
import { hasTagForm } from '../piapi/webhookTag';
import { taskOf, type Job } from './job';
import type { Run } from './run';

/** Pauses before the first looks. */
const BACKOFFS_MS = [0, 1, 1, 2, 3, 5, 8, 12, 16, 20].map((seconds) => seconds * 1000);
const MAX_BACKOFF_MS = 20_000;
/** PiAPI's task list can lag behind by a minute. */
const LIST_LAG_MS = 65_000;
/** A search may take that long, and as long as the item's Timeout where it cannot look. */
const MIN_SEARCH_MS = 90_000;
/** A look that takes longer is left to itself. */
const MAX_LOOK_MS = 60_000;

/**
 * Finds the tasks of creates whose answer got lost by their creation tags, so that what was paid is used
 * and nothing is paid twice. A task that cannot be found may or may not exist: its item says so, and
 * nothing is created again.
 */
export async function findLostTasks(jobs: Job[], run: Run): Promise<void> {
	const { clock, piapi } = run;
	const search = new Search(jobs, run);
	for (let looks = 0; search.open.length > 0; looks++) {
		const heldBackMs = piapi.limiter.resumesAt - clock.now();
		const pauseMs = Math.max(BACKOFFS_MS[looks] ?? MAX_BACKOFF_MS, heldBackMs);
		await clock.sleepUnlessCancelled(Math.min(pauseMs, search.remainingMs));
		if (clock.cancelled) return;
		await clock.unlessCancelled(search.lookAgain());
		if (clock.cancelled) return;
	}
}

/** The list is asked for with that much to spare: an answer can get lost long after its request. */
const MARGIN_MS = 5 * 60_000;
const MAX_PAGES = 20;
const READS_AT_ONCE = 5;
/** The search goes on when a failed item has ended the run: what was paid has to be named. */
const CALL = { once: true, outlives: 'failure' } as const;

/** Looks in the account's task list for the tasks of creates that got no answer. */
class Search {
	private readonly startedAt: number;

	private readonly readIds = new Set<string>();

	/** Whether a look has seen all tasks of the time in question. */
	private isListRead = false;

	/** Tasks that carry no creation tag, for example because PiAPI did not give it back. */
	private readonly untagged: Array<Pick<Task, 'taskId' | 'prompt'>> = [];

	constructor(
		private readonly jobs: Job[],
		private readonly run: Run,
	) {
		this.startedAt = run.clock.now();
	}

	/** Jobs whose task is not found yet. */
	get open(): Job[] {
		return this.jobs.filter((job) => job.in('unconfirmed'));
	}

	/** Until the first of them is given up, whatever was seen. */
	get remainingMs(): number {
		const deadlines = this.open.map((job) => this.deadlineOf(job));
		return Math.max(0, Math.min(...deadlines) - this.run.clock.now());
	}

	/** When a failed item has ended the run, nobody waits any longer than necessary. */
	private deadlineOf({ request: { wait } }: Job): number {
		const timeoutMs = this.run.clock.aborted ? 0 : (wait?.timeoutMs ?? 0);
		return this.startedAt + Math.max(MIN_SEARCH_MS, timeoutMs);
	}

	/** Looks once, and gives up the jobs whose task cannot be found any more. */
	async lookAgain(): Promise<void> {
		const { clock, piapi } = this.run;
		const beganAt = clock.now();
		const limitMs = Math.min(this.remainingMs, MAX_LOOK_MS);
		const isComplete = await clock.withTimeout(limitMs, this.look(beganAt + limitMs));
		if (clock.cancelled) return;
		this.keepPiapiTimes();
		const now = clock.now();
		const listedUntil = piapi.now() - (now - beganAt) - LIST_LAG_MS;
		for (const job of this.open) {
			const isSearched = isComplete && this.sentAt(job, piapi.now()) <= listedUntil;
			if (isSearched || now >= this.deadlineOf(job)) this.giveUp(job);
		}
	}

	/**
	 * Reads the tasks that PiAPI lists of the time in question, the newest first: the list shows no tags.
	 *
	 * @returns whether it has read all of them; a look that could not be made is none
	 */
	private async look(until: number): Promise<boolean> {
		const { clock, piapi } = this.run;
		const known = new Set(this.jobs.map(({ state }) => taskOf(state).taskId));
		const ids: string[] = [];
		let isComplete = true;
		let unlisted: PiapiError | undefined;
		try {
			for await (const { taskId } of piapi.tasks(this.query, CALL)) {
				if (!this.readIds.has(taskId) && !known.has(taskId)) ids.push(taskId);
			}
		} catch (error) {
			unlisted = error as PiapiError;
			// A list that PiAPI refuses to show is not shown later either.
			isComplete = !isRetryable(error);
			if (unlisted.code === 'notPiapi') this.leave(unlisted);
		}
		const { resumesAt } = piapi.limiter;
		for (let from = 0; from < ids.length && this.open.length > 0; from += READS_AT_ONCE) {
			// After a 429 the next look tries the newest again first.
			if (clock.now() >= until || piapi.limiter.resumesAt !== resumesAt) return false;
			const reads = ids.slice(from, from + READS_AT_ONCE).map(async (taskId) => {
				return await piapi.task(taskId, CALL).then(this.compare, (error: unknown) => error);
			});
			if ((await Promise.all(reads)).some(isRetryable)) isComplete = false;
		}
		if (isComplete && !unlisted) this.isListRead = true;
		return isComplete;
	}

	/** Where neither a create nor the list has found its page, there is no PiAPI, and so no task. */
	private leave(error: PiapiError): void {
		for (const job of this.open) {
			const isNowhere = job.in('unconfirmed')?.attempt.foreignStatus === 404;
			if (isNowhere) job.enter({ status: 'failed', error });
		}
	}

	private get query(): TaskQuery {
		const timesAt = (piapiNow: number) => this.open.map((job) => this.sentAt(job, piapiNow));
		return {
			since: (piapiNow) => Math.min(...timesAt(piapiNow)) - MARGIN_MS,
			until: (piapiNow) => Math.max(...timesAt(piapiNow)) + MARGIN_MS,
			maxPages: MAX_PAGES,
		};
	}

	/** On PiAPI's clock. */
	private sentAt(job: Job, piapiNow: number): number {
		const { sentAt = 0, isPiapiTime = true } = job.in('unconfirmed')?.attempt ?? {};
		return isPiapiTime ? sentAt : sentAt + piapiNow - this.run.clock.now();
	}

	/** The clock of the process that searches next can be another one. */
	private keepPiapiTimes(): void {
		const { piapi } = this.run;
		for (const job of piapi.knowsTime ? this.open : []) {
			const unconfirmed = job.in('unconfirmed');
			if (!unconfirmed || unconfirmed.attempt.isPiapiTime) continue;
			const sentAt = this.sentAt(job, piapi.now());
			job.enter({ ...unconfirmed, attempt: { ...unconfirmed.attempt, sentAt, isPiapiTime: true } });
		}
	}

	private readonly compare = (task: Task): void => {
		const { taskId, webhookSecret: tag, prompt } = task;
		this.readIds.add(taskId);
		if (this.run.clock.cancelled) return;
		const owner = this.open.find((job) => tag && job.in('unconfirmed')?.attempt.tag === tag);
		const origin = owner?.isRestored ? 'restored' : 'created';
		if (owner) owner.start(taskId, origin, this.run.clock.now(), task);
		else if (!hasTagForm(tag)) this.untagged.push({ taskId, prompt });
	};

	/** Names untagged tasks with the prompt of the job, for a person to look at. */
	private giveUp(job: Job): void {
		const { source } = job.request;
		const { attempt, cause } = job.in('unconfirmed') ?? {};
		if (!attempt || source.type !== 'create') return;
		const { prompt } = source.body.input;
		const candidates = this.untagged.filter((task) => task.prompt === prompt);
		const told = unconfirmedDetail({
			sentAt: attempt.sentAt,
			candidates: candidates.map(({ taskId }) => taskId),
			isListRead: this.isListRead,
		});
		const seen = cause?.details.technicalDetail;
		const technicalDetail = [told, seen].filter(Boolean).join('; ');
		const remedy = unconfirmedRemedy(attempt.foreignStatus);
		const details = { ...cause?.details, remedy, technicalDetail };
		job.fail(new PiapiError('creationUnconfirmed', details));
	}
}
