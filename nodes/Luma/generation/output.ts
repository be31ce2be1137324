import type { IDataObject } from 'n8n-workflow';

import type { Task } from '../piapi/task';

/** What this run knows about a task besides what PiAPI says. */
export interface RunFacts {
	/** Seconds from the creation of the task (or the start of the wait) until its end was seen. */
	waitSeconds?: number | null;
	timedOut?: boolean;
}

/**
 * The JSON of an output item: one flat object, or PiAPI's own task beside the three fields that
 * every workflow needs. Never has a top-level `error`: n8n would take the item for a mishap and
 * run the node again.
 */
export function taskOutput(task: Task, simplify: boolean, facts: RunFacts = {}): IDataObject {
	const { failure, raw, taskId, status: lastStatus, videoUrl, ...rest } = task;
	const details: Partial<Task> = { ...rest };
	delete details.webhookSecret;
	const status = facts.timedOut ? 'timeout' : lastStatus;
	if (!simplify) return { taskId, status, videoUrl, task: raw as IDataObject };

	return {
		taskId,
		status,
		videoUrl,
		...details,
		waitSeconds: facts.waitSeconds ?? null,
		...(failure && { failureReason: failure }),
	};
}
