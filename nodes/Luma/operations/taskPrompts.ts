import type { PiapiClient } from '../piapi/client';
import { catchPiapiError, PiapiError } from '../piapi/errors';
import { RunClock, systemClock } from '../runtime/clock';
import { LruMap } from '../runtime/lruMap';
import { RateLimiter } from '../runtime/rateLimiter';

const MAX_CONCURRENT_READS = 5;
const READ_TIMEOUT_MS = 4_000;

/** A task's prompt never changes, so the editor's next request need not read it again. */
const MAX_PROMPTS = 1_000;
const PROMPTS = new LruMap<string>(MAX_PROMPTS);

/** The prompts of listed tasks. PiAPI's task list has none, so each takes a read of its task. */
export class TaskPrompts {
	private hasGivenUp = false;

	/** @param baseUrl address of the client's PiAPI */
	constructor(
		private readonly client: PiapiClient,
		private readonly baseUrl: string,
	) {}

	/** Empty for a task without a prompt, and for one that was not read. */
	of(taskId: string): string {
		return PROMPTS.get(this.keyOf(taskId)) ?? '';
	}

	/** Reads what is not known yet. A list without prompts is of use, too: after a read that failed no other is sent. */
	async load(taskIds: string[]): Promise<void> {
		const limiter = new RateLimiter(MAX_CONCURRENT_READS, new RunClock(systemClock));
		const unknown = taskIds.filter((taskId) => PROMPTS.get(this.keyOf(taskId)) === undefined);
		await Promise.all(
			unknown.map(async (taskId) => await limiter.run(async () => await this.read(taskId))),
		);
	}

	keep(taskId: string, prompt: string | null): void {
		PROMPTS.set(this.keyOf(taskId), prompt ?? '');
	}

	private async read(taskId: string): Promise<void> {
		if (this.hasGivenUp) return;
		const task = await catchPiapiError(this.client.readTask(taskId, READ_TIMEOUT_MS));
		if (!(task instanceof PiapiError)) this.keep(taskId, task.prompt);
		else if (task.code !== 'unknownTask') this.hasGivenUp = true;
	}

	private keyOf(taskId: string): string {
		return `${this.baseUrl} ${taskId}`;
	}
}
