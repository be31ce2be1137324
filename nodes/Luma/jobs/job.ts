import type { IBinaryData } from 'n8n-workflow';

import { PiapiError } from '../piapi/errors';
import type { Task } from '../piapi/task';
import type { CreateAttempt } from './createAttempt';
import type { JobRequest } from './request';
import { outcomeOf } from './taskOutcome';

/** Where the task of a running job comes from: this run, an earlier try of it, or another workflow. */
export type TaskOrigin = 'created' | 'restored' | 'existing';

/** How far an item is on its way from request to video. Times are milliseconds on the run's clock. */
export type JobState =
	/** `imageUrls`: addresses of the uploaded images, by their reference. */
	| { status: 'new'; imageUrls: ReadonlyMap<string, string> }
	/** A create was sent and not confirmed; `met` is the error. */
	| { status: 'unconfirmed'; attempt: CreateAttempt; met?: PiapiError }
	/** There is a task; `task` is how it was last seen. */
	| { status: 'running'; taskId: string; origin: TaskOrigin; startedAt: number; task?: Task }
	| { status: 'succeeded'; task: Task; startedAt: number; endedAt: number; binary?: BinaryFiles }
	| { status: 'timedOut'; taskId: string; startedAt: number; endedAt: number; task?: Task }
	/** `taskId` and `task` as far as known; `attempt` when the create may have made a task. */
	| {
			status: 'failed';
			error: PiapiError;
			taskId?: string;
			task?: Task;
			attempt?: CreateAttempt;
	  };

/** The downloaded files, by binary field. */
export type BinaryFiles = Record<string, IBinaryData>;

type Status = JobState['status'];

export type StateOf<S extends Status> = Extract<JobState, { status: S }>;

const NEXT: Record<Status, readonly Status[]> = {
	new: ['new', 'unconfirmed', 'running', 'failed'],
	unconfirmed: ['unconfirmed', 'running', 'failed'],
	running: ['running', 'succeeded', 'timedOut', 'failed'],
	succeeded: ['succeeded', 'failed'],
	timedOut: [],
	failed: [],
};

/** One item on its way through the pipeline. */
export class Job {
	private current: JobState = { status: 'new', imageUrls: new Map() };

	constructor(readonly request: JobRequest) {}

	get state(): JobState {
		return this.current;
	}

	/** The state if the job is in that one. */
	in<S extends Status>(status: S): StateOf<S> | undefined {
		return this.current.status === status ? (this.current as StateOf<S>) : undefined;
	}

	/** The one place where the state changes. A transition that is not allowed any more is ignored. */
	enter(next: JobState): void {
		if (NEXT[this.current.status].includes(next.status)) this.current = next;
	}

	/** There is a task, and the wait for it begins. */
	start(taskId: string, origin: TaskOrigin, startedAt: number): void {
		this.enter({ status: 'running', taskId, origin, startedAt });
	}

	/** Updates the job from a read of its task. */
	observe(seen: Task, now: number): void {
		const running = this.in('running');
		if (!running) return;
		// Many items wait at once: PiAPI's own object is only kept where the output needs it.
		const isRawNeeded = this.request.output.type === 'raw' || running.origin !== 'created';
		const task = isRawNeeded ? seen : { ...seen, raw: {} };
		const { startedAt } = running;
		const outcome = outcomeOf(task);
		if (outcome.type === 'failed') {
			this.enter({ status: 'failed', error: outcome.error, taskId: task.taskId, task });
		} else if (outcome.type === 'succeeded') {
			this.enter({ status: 'succeeded', task, startedAt, endedAt: now });
		} else {
			this.enter({ ...running, task });
		}
	}

	/** The time limit has passed. */
	timeOut(now: number): void {
		const running = this.in('running');
		if (!running) return;
		const { taskId, task, startedAt } = running;
		if (this.request.wait?.onTimeout === 'output') {
			this.enter({ status: 'timedOut', taskId, task, startedAt, endedAt: now });
		} else {
			this.fail(new PiapiError('timeLimit', { taskId }));
		}
	}

	/** Ends without a video; what is known of the task is kept, and named in the error. */
	fail(error: PiapiError): void {
		const { taskId = error.details.taskId, task } = taskOf(this.current);
		const named = taskId === undefined ? error : error.about(taskId);
		const attempt = this.in('unconfirmed')?.attempt;
		this.enter({ status: 'failed', error: named, taskId, task, attempt });
	}
}

/** What is known of the task in any state. */
export function taskOf(state: JobState): { taskId?: string; task?: Task } {
	switch (state.status) {
		case 'new':
			return {};
		case 'unconfirmed':
			return { taskId: state.attempt.taskId };
		case 'succeeded':
			return { taskId: state.task.taskId, task: state.task };
		default:
			return { taskId: state.taskId, task: state.task };
	}
}
