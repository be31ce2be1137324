import type { IBinaryData } from 'n8n-workflow';

import { kindOfFailure } from '../piapi/diagnosis';
import { PiapiTrouble } from '../piapi/errors';
import { isFinal, type Task } from '../piapi/task';
import type { Order } from './order';
import type { GenerationRequest } from './request';

/** One item on its way through the pipeline; each step writes down what it learned. */
export interface Generation {
	readonly request: GenerationRequest;
	/** When the task was made, or the wait for an earlier one began; milliseconds on the run's clock. */
	beganAt: number;
	/** Addresses of the uploaded images, by their reference. */
	imageAddresses?: ReadonlyMap<string, string>;
	/** Known from the moment the task exists. */
	taskId?: string;
	/** Whether the task was made by an earlier try of this execution. */
	pickedUp?: boolean;
	/** A create that was sent and not confirmed, and what was met instead of its answer. */
	order?: Order;
	unanswered?: PiapiTrouble;
	/** The task as last seen. */
	task?: Task;
	/** When the task was first seen as completed without a video address. */
	videoMissingSince?: number;
	/** When the wait was over: the video is there, or the time was up. */
	endedAt?: number;
	timedOut?: boolean;
	/** The downloaded files, by binary property. */
	binary?: Record<string, IBinaryData>;
	/** Why there is no video for this item. */
	trouble?: PiapiTrouble;
}

/** Whether a task was made or may have been made, so that none is to be ordered. */
export function isOrdered({ taskId, order }: Generation): boolean {
	return taskId !== undefined || order !== undefined;
}

/** Whether there is a task whose end has not been seen. */
export function isOpen({ taskId, trouble, endedAt }: Generation): boolean {
	return taskId !== undefined && trouble === undefined && endedAt === undefined;
}

// A completed task can be read a moment before its files are listed.
const VIDEO_LAG_MS = 20_000;

/** Writes down how a task was seen, and whether that ends the item's way. */
export function observe(generation: Generation, task: Task, now: number): void {
	generation.task = task;
	generation.taskId = task.taskId;
	if (!isFinal(task)) return;

	const { taskId, failure } = task;
	if (task.status === 'cancelled') {
		generation.trouble = new PiapiTrouble('cancelled', { taskId });
	} else if (task.status === 'failed') {
		generation.trouble = new PiapiTrouble(kindOfFailure(failure), { taskId, said: failure });
	} else if (task.videoUrl) {
		generation.endedAt = now;
	} else {
		generation.videoMissingSince ??= now;
		if (now - generation.videoMissingSince < VIDEO_LAG_MS) return;
		generation.trouble = new PiapiTrouble('withoutVideo', { taskId });
	}
}
