import { hasTagForm } from '../../piapi/creationTag';
import { PiapiError } from '../../piapi/errors';
import { MAX_PAGE_SIZE, type HistoryQuery } from '../../piapi/history';
import type { Task } from '../../piapi/task';
import { taskOf, type Job } from '../job';
import { send, startCreated, type Run } from '../run';

const MAX_PAGES = 20;
/** The list is asked for with that much to spare, so that clocks that differ make no difference. */
const MARGIN_MS = 15 * 60_000;

/** A task that carries no creation tag, for example because PiAPI did not give it back. */
type Untagged = Pick<Task, 'taskId' | 'prompt'>;

/** Looks in the account's task list for the tasks of creates that got no answer. */
export class TaskSearch {
	private readonly readIds = new Set<string>();

	private readonly untagged: Untagged[] = [];

	constructor(
		private readonly jobs: Job[],
		private readonly run: Run,
	) {}

	/** Reads what the list shows for the first time; what cannot be read is left to the next look. */
	async look(): Promise<void> {
		await Promise.all(this.jobs.map(async (job) => await this.readNamed(job)));
		const own = this.jobs.map(({ state }) => taskOf(state).taskId);
		for (let page = 1; page <= MAX_PAGES && this.attempts.length > 0; page++) {
			const list = await this.list(page);
			if (!list) return;
			const ids = list.rows.map(({ taskId }) => taskId);
			const unread = ids.filter((id) => !this.readIds.has(id) && !own.includes(id));
			await Promise.all(unread.map(async (taskId) => await this.readListed(taskId)));
			if (!list.hasMore) return;
		}
	}

	/** Ids of untagged tasks with the prompt of the job, for a person to look at. */
	candidatesFor({ request: { source } }: Job): string[] {
		const prompt = source.type === 'create' ? source.body.input.prompt : undefined;
		return this.untagged.filter((task) => task.prompt === prompt).map(({ taskId }) => taskId);
	}

	private get attempts() {
		return this.jobs.flatMap((job) => job.in('unconfirmed')?.attempt ?? []);
	}

	private async list(page: number) {
		const query: HistoryQuery = {
			page,
			pageSize: MAX_PAGE_SIZE,
			startTime: Math.min(...this.attempts.map(({ sentAt }) => sentAt)) - MARGIN_MS,
			endTime: Math.max(...this.attempts.map(({ searchUntil }) => searchUntil)) + MARGIN_MS,
		};
		const list = await this.send(async () => await this.run.client.listTasks(query));
		return list instanceof PiapiError ? undefined : list;
	}

	/** The search goes on when a failed item has ended the run: what was paid has to be named. */
	private async send<T>(request: () => Promise<T>): Promise<T | PiapiError> {
		return await send(this.run, request, () => this.run.clock.cancelled);
	}

	private async read(taskId: string): Promise<Task | undefined> {
		const task = await this.send(async () => await this.run.client.readTask(taskId));
		return task instanceof PiapiError || this.run.clock.cancelled ? undefined : task;
	}

	/** Where an unsuccessful answer named the task, nothing has to be searched. */
	private async readNamed(job: Job): Promise<void> {
		const attempt = job.in('unconfirmed')?.attempt;
		if (attempt?.taskId === undefined) return;
		const task = await this.read(attempt.taskId);
		const isOther = task?.webhookSecret && task.webhookSecret !== attempt.tag;
		if (task && !isOther && job.in('unconfirmed')) startCreated(job, task, this.run);
	}

	/** The list shows no tags: only the task itself does. */
	private async readListed(taskId: string): Promise<void> {
		if (this.attempts.length === 0) return;
		const task = await this.read(taskId);
		if (!task) return;
		this.readIds.add(taskId);
		const { webhookSecret: tag, prompt } = task;
		const owner = this.jobs.find((job) => tag && job.in('unconfirmed')?.attempt.tag === tag);
		if (owner) startCreated(owner, task, this.run);
		else if (!hasTagForm(tag)) this.untagged.push({ taskId, prompt });
	}
}
