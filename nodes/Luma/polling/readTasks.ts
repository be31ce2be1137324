import { catchPiapiError, PiapiError } from '../piapi/errors';
import type { Task } from '../piapi/task';
import { RateLimiter } from '../runtime/rateLimiter';
import type { PollRun } from './taskList';

const MAX_CONCURRENCY = 5;
/** No request starts later than that in a poll: what is left is read in the next one. */
const MAX_READING_MS = 45_000;

/** By task ID: what PiAPI says, or why it could not be read. Tasks that were left to the next poll are not in it. */
export type TasksRead = ReadonlyMap<string, Task | PiapiError>;

/** Reads tasks in the given order, until there are no more, the time is over, or PiAPI asks for fewer requests. */
export async function readTasks({ client, clock }: PollRun, taskIds: string[]): Promise<TasksRead> {
	const read = new Map<string, Task | PiapiError>();
	const limiter = new RateLimiter(MAX_CONCURRENCY, clock);
	const endsAt = clock.now() + MAX_READING_MS;
	let isLimited = false;
	await Promise.all(
		taskIds.map(
			async (taskId) =>
				await limiter.run(async () => {
					if (isLimited || clock.now() >= endsAt) return;
					const seen = await catchPiapiError(client.readTask(taskId));
					isLimited ||= seen instanceof PiapiError && seen.code === 'tooManyRequests';
					read.set(taskId, seen instanceof PiapiError ? seen.about(taskId) : seen);
				}),
		),
	);
	return read;
}
