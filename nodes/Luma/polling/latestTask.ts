import { isOfLuma, isOneOf, type EndEvent } from '../piapi/endEvents';
import { PiapiError } from '../piapi/errors';
import { hasEnded, isFinal, type Task } from '../piapi/task';
import { readTasks } from './readTasks';
import { listTasks, timeOf, type PollRun } from './taskList';

const DAY_MS = 24 * 60 * 60_000;
const AT_ONCE = 5;
const MAX_READS = 25;

/**
 * The task that ended last, for a test in the editor.
 *
 * @returns undefined when none of the account's last tasks has ended that way
 * @throws PiapiError when PiAPI cannot be asked
 */
export async function latestTask(
	run: PollRun,
	events: readonly EndEvent[],
): Promise<Task | undefined> {
	const { rows } = await listTasks(run, 0, DAY_MS);
	const taskIds = rows
		.filter((row) => isFinal(row) && row.status !== 'cancelled')
		.sort((one, other) => timeOf(other.updatedAt) - timeOf(one.updatedAt))
		.map(({ taskId }) => taskId)
		.slice(0, MAX_READS);
	for (let from = 0; from < taskIds.length; from += AT_ONCE) {
		const read = await readTasks(run, taskIds.slice(from, from + AT_ONCE));
		const found = [...read.values()]
			.flatMap((outcome) => (outcome instanceof PiapiError ? [] : [outcome]))
			.filter((task) => hasEnded(task) && isOfLuma(task) && isOneOf(events, task))
			.sort((one, other) => timeOf(other.completedAt) - timeOf(one.completedAt));
		if (found.length > 0) return found[0];
	}
	return undefined;
}
