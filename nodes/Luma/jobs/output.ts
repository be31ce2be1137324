import type { IDataObject } from 'n8n-workflow';

import type { Task } from '../piapi/task';

/** What this run knows about a task besides what PiAPI says. */
interface RunFacts {
	/** Seconds from the creation of the task (or the start of the wait) until its end was seen. */
	waitSeconds?: number | null;
	timedOut?: boolean;
}

/**
 * The JSON of an output item: one flat object, or PiAPI's own task beside the three fields that
 * every workflow needs. Never has a top-level `error`: n8n would take the item for a failed one and
 * run the node again.
 */
export function taskOutput(task: Task, simplify: boolean, details: RunFacts = {}): IDataObject {
	const { taskId, videoUrl } = task;
	const status = details.timedOut ? 'timeout' : task.status;
	if (!simplify) return { taskId, status, videoUrl, task: task.raw as IDataObject };

	return {
		taskId,
		status,
		videoUrl,
		watermarkedVideoUrl: task.watermarkedVideoUrl,
		thumbnailUrl: task.thumbnailUrl,
		lastFrameUrl: task.lastFrameUrl,
		width: task.width,
		height: task.height,
		prompt: task.prompt,
		model: task.model,
		duration: task.duration,
		aspectRatio: task.aspectRatio,
		costUsd: task.costUsd,
		createdAt: task.createdAt,
		startedAt: task.startedAt,
		completedAt: task.completedAt,
		waitSeconds: details.waitSeconds ?? null,
		...(task.failure && { failureReason: task.failure }),
	};
}
