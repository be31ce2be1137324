import { taskOf, type Job, type JobState } from './job';
import { timeOf } from './stages/reconcile';

/** The other tasks of the run that a message about one job has to name, so that nothing paid gets lost. */
export function otherCreatedTasks(named: Job, jobs: Job[]): string[] {
	const namedId = taskOf(named.state).taskId;
	return jobs
		.filter(({ request }) => request.source.type === 'create')
		.flatMap((job) => {
			const { taskId } = taskOf(job.state);
			if (taskId !== undefined) return taskId === namedId ? [] : taskId;
			const attempt = attemptOf(job.state);
			if (!attempt || job === named) return [];
			return `perhaps one for item ${job.request.itemIndex}, created around ${timeOf(attempt.sentAt)}`;
		});
}

function attemptOf(state: JobState) {
	const hasAttempt = state.status === 'unconfirmed' || state.status === 'failed';
	return hasAttempt ? state.attempt : undefined;
}
