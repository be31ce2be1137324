import { isFinal, type Task } from '../../piapi/task';
import type { Job } from '../job';
import { endRunIfFailed, type Run } from '../run';
import { isUncharged } from '../taskOutcome';

/** Starts the job of a task that was just created or found, and books its price. One that failed at once costs nothing. */
export function startCreated(job: Job, task: Task, run: Run): void {
	const { clock, ledger } = run;
	job.start(task.taskId, 'created', clock.now());
	job.observe(task, clock.now());
	if (isFinal(task) && isUncharged(task)) ledger.void(job.request);
	else ledger.addTask(job.request, task.taskId, task.costUsd);
	endRunIfFailed(job, run);
}
