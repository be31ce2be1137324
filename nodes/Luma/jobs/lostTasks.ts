import { unconfirmedDetail, unconfirmedRemedy } from '../messages/remedies';
import { catchPiapiError, PiapiError } from '../piapi/errors';
import type { Task } from '../piapi/task';
import type { TaskQuery } from '../piapi/taskList';
import { hasTagForm } from '../piapi/webhookTag';
import { taskOf, type CreateAttempt, type Job } from './job';
import type { Run } from './run';

/** Pauses before each look: PiAPI's task list can lag behind by a minute. */
const BACKOFFS_MS = [0, 1, 1, 2, 3, 5, 8, 12, 16, 20].map((seconds) => seconds * 1000);
/** Where reads take long, the search ends before all looks are done. */
const MAX_SEARCH_MS = 90_000;

/**
 * Finds the tasks of creates whose answer got lost by their creation tags, so that what was paid is used
 * and nothing is paid twice. A task that cannot be found may or may not exist: its item says so, and
 * nothing is created again.
 */
export async function findLostTasks(jobs: Job[], run: Run): Promise<void> {
	const { clock } = run;
	const search = new Search(jobs, run);
	const giveUpAt = clock.now() + MAX_SEARCH_MS;
	for (const backoffMs of BACKOFFS_MS) {
		if (search.isOver || clock.now() >= giveUpAt) break;
		await clock.sleepUnlessCancelled(backoffMs);
		if (clock.cancelled) return;
		await clock.unlessCancelled(clock.withTimeout(giveUpAt - clock.now(), search.look()));
		if (clock.cancelled) return;
		search.giveUp(({ searchUntil }) => searchUntil <= clock.now());
	}
	search.giveUp(() => true);
}

/** The list is asked for with that much to spare: an attempt can have waited for its turn. */
const MARGIN_MS = 15 * 60_000;
const MAX_PAGES = 20;
/** The search goes on when a failed item has ended the run: what was paid has to be named. */
const CALL = { once: true, outlives: 'failure' } as const;

/** Looks in the account's task list for the tasks of creates that got no answer. */
class Search {
	private readonly readIds = new Set<string>();

	/** Whether a look has seen all tasks of the time in question. */
	private isListRead = false;

	/** Tasks that carry no creation tag, for example because PiAPI did not give it back. */
	private readonly untagged: Array<Pick<Task, 'taskId' | 'prompt'>> = [];

	constructor(
		private readonly jobs: Job[],
		private readonly run: Run,
	) {}

	get isOver(): boolean {
		return this.attempts.length === 0;
	}

	/** Reads what the list shows for the first time; what cannot be read is left to the next look. */
	async look(): Promise<void> {
		const listed: string[] = [];
		const error = await this.list(listed);
		await Promise.all(listed.map(async (taskId) => await this.readListed(taskId)));
		if (!error && listed.every((taskId) => this.readIds.has(taskId))) this.isListRead = true;
		if (error?.code === 'notPiapi') this.leave(error);
	}

	/** Where neither a create nor the list has found its page, there is no PiAPI, and so no task. */
	private leave(error: PiapiError): void {
		for (const job of this.jobs) {
			const isNowhere = job.in('unconfirmed')?.attempt.foreignStatus === 404;
			if (isNowhere) job.enter({ status: 'failed', error });
		}
	}

	/** Ends the jobs whose attempt cannot be found any more. */
	giveUp(isOver: (attempt: CreateAttempt) => boolean): void {
		for (const job of this.jobs) {
			const unconfirmed = job.in('unconfirmed');
			if (!unconfirmed || !isOver(unconfirmed.attempt)) continue;
			const { attempt, cause } = unconfirmed;
			const create = {
				...attempt,
				candidates: this.candidatesFor(job),
				isListRead: this.isListRead,
			};
			const seen = cause?.details.technicalDetail;
			const details = {
				...cause?.details,
				remedy: unconfirmedRemedy(create),
				technicalDetail: [unconfirmedDetail(create), seen].filter(Boolean).join('; '),
			};
			job.fail(new PiapiError('creationUnconfirmed', details));
		}
	}

	/** Ids of untagged tasks with the prompt of the job, for a person to look at. */
	private candidatesFor({ request: { source } }: Job): string[] {
		const prompt = source.type === 'create' ? source.body.input.prompt : undefined;
		return this.untagged.filter((task) => task.prompt === prompt).map(({ taskId }) => taskId);
	}

	private get attempts(): CreateAttempt[] {
		return this.jobs.flatMap((job) => job.in('unconfirmed')?.attempt ?? []);
	}

	/** Adds the tasks of the time in question that were not read yet, and that no job has. */
	private async list(ids: string[]): Promise<PiapiError | undefined> {
		const own = new Set(this.jobs.map(({ state }) => taskOf(state).taskId));
		try {
			for await (const { taskId } of this.run.piapi.tasks(this.query, CALL)) {
				if (!this.readIds.has(taskId) && !own.has(taskId)) ids.push(taskId);
			}
		} catch (error) {
			return error as PiapiError;
		}
		return undefined;
	}

	/** By how long ago the creates were: what n8n's clock says of the date can be wrong by hours. */
	private get query(): TaskQuery {
		const now = this.run.clock.now();
		const first = Math.min(...this.attempts.map(({ sentAt }) => sentAt));
		const last = Math.max(...this.attempts.map(({ searchUntil }) => searchUntil));
		return {
			since: (piapiNow) => piapiNow - (now - first) - MARGIN_MS,
			until: (piapiNow) => piapiNow - (now - last) + MARGIN_MS,
			maxPages: MAX_PAGES,
		};
	}

	/** The list shows no tags: only the task itself does. */
	private async readListed(taskId: string): Promise<void> {
		if (this.attempts.length === 0) return;
		const task = await this.read(taskId);
		if (!task) return;
		this.readIds.add(taskId);
		const { webhookSecret: tag, prompt } = task;
		const owner = this.jobs.find((job) => tag && job.in('unconfirmed')?.attempt.tag === tag);
		if (owner) this.adopt(owner, task);
		else if (!hasTagForm(tag)) this.untagged.push({ taskId, prompt });
	}

	private adopt(job: Job, task: Task): void {
		if (job.in('unconfirmed')) job.start(task.taskId, 'created', this.run.clock.now(), task);
	}

	private async read(taskId: string): Promise<Task | undefined> {
		const task = await catchPiapiError(this.run.piapi.task(taskId, CALL));
		return task instanceof PiapiError || this.run.clock.cancelled ? undefined : task;
	}
}
