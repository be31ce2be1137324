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
		if (!jobs.some((job) => job.in('unconfirmed')) || clock.now() >= giveUpAt) break;
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

	/** Tasks that carry no creation tag, for example because PiAPI did not give it back. */
	private readonly untagged: Array<Pick<Task, 'taskId' | 'prompt'>> = [];

	constructor(
		private readonly jobs: Job[],
		private readonly run: Run,
	) {}

	/** Reads what the list shows for the first time; what cannot be read is left to the next look. */
	async look(): Promise<void> {
		await Promise.all(this.jobs.map(async (job) => await this.readNamed(job)));
		if (this.attempts.length === 0) return;
		const listed = await this.unreadIds();
		await Promise.all(listed.map(async (taskId) => await this.readListed(taskId)));
	}

	/** Ends the jobs whose attempt cannot be found any more. */
	giveUp(isOver: (attempt: CreateAttempt) => boolean): void {
		for (const job of this.jobs) {
			const unconfirmed = job.in('unconfirmed');
			if (!unconfirmed || !isOver(unconfirmed.attempt)) continue;
			const { attempt, cause } = unconfirmed;
			const create = { ...attempt, candidates: this.candidatesFor(job) };
			const seen = cause?.details.technicalDetail;
			const details = {
				...cause?.details,
				taskId: attempt.taskId,
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

	/** Where an unsuccessful answer named the task, nothing has to be searched. */
	private async readNamed(job: Job): Promise<void> {
		const attempt = job.in('unconfirmed')?.attempt;
		if (attempt?.taskId === undefined) return;
		const task = await this.read(attempt.taskId);
		const isOther = task?.webhookSecret && task.webhookSecret !== attempt.tag;
		if (task && !isOther) this.adopt(job, task);
	}

	/** Tasks of the time in question that were not read yet, and that no job has. */
	private async unreadIds(): Promise<string[]> {
		const own = new Set(this.jobs.map(({ state }) => taskOf(state).taskId));
		const ids: string[] = [];
		try {
			for await (const { taskId } of this.run.piapi.tasks(this.query, CALL)) {
				if (!this.readIds.has(taskId) && !own.has(taskId)) ids.push(taskId);
			}
		} catch {
			// What the list has not shown is left to the next look.
		}
		return ids;
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
