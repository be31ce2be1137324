import { ApplicationError, type IBinaryData } from 'n8n-workflow';

import { classifyFailure, PiapiError } from '../piapi/errors';
import { hasEnded, isFinal, type Task } from '../piapi/task';
import type { JobRequest } from './request';

/** A create that was sent, or is about to be, and may have made a task. Plain JSON: n8n stores it. */
export interface CreateAttempt {
	/** The creation tag that its task carries; null when the request has none. */
	tag: string | null;
	/** Milliseconds since 1970, on PiAPI's clock as soon as that is known: n8n's can be corrected meanwhile. */
	sentAt: number;
	isPiapiTime: boolean;
	/** The HTTP status of its answer, when that came from something other than PiAPI. */
	foreignStatus?: number;
}

/** Where the task of a running job comes from: this run, an earlier try of it, or another workflow. */
export type TaskOrigin = 'created' | 'restored' | 'existing';

/** The downloaded files, by binary field. */
export type BinaryFiles = Record<string, IBinaryData>;

/** How far an item is on its way from request to video. Times are milliseconds on the run's clock. */
export type JobState =
	/** `imageUrls`: addresses of the uploaded images, by their reference. */
	| { status: 'new'; imageUrls: ReadonlyMap<string, string> }
	/** Its create was sent, or is about to be sent again; `settled` resolves when the job is in another state. */
	| { status: 'creating'; attempt: CreateAttempt; settled: Promise<void> }
	/** A create was sent and not confirmed; `cause` is the error. */
	| { status: 'unconfirmed'; attempt: CreateAttempt; cause?: PiapiError }
	/** There is a task; `task` is how it was last seen. */
	| { status: 'running'; taskId: string; origin: TaskOrigin; startedAt: number; task?: Task }
	| { status: 'succeeded'; task: Task; startedAt: number; endedAt: number; binary?: BinaryFiles }
	| { status: 'timedOut'; taskId: string; startedAt: number; endedAt: number; task?: Task }
	/** Cancelled at PiAPI after somebody stopped the execution. */
	| { status: 'cancelled'; taskId: string }
	/** `taskId` and `task` as far as known; `attempt` when the create may have made a task. */
	| {
			status: 'failed';
			error: PiapiError;
			taskId?: string;
			task?: Task;
			attempt?: CreateAttempt;
	  };

type Status = JobState['status'];

export type StateOf<S extends Status> = Extract<JobState, { status: S }>;

const NEXT: Record<Status, readonly Status[]> = {
	new: ['new', 'creating', 'unconfirmed', 'running', 'failed'],
	creating: ['new', 'unconfirmed', 'running', 'failed'],
	unconfirmed: ['unconfirmed', 'running', 'failed', 'cancelled'],
	running: ['running', 'succeeded', 'timedOut', 'failed', 'cancelled'],
	succeeded: ['succeeded', 'failed'],
	timedOut: ['cancelled'],
	failed: ['cancelled'],
	cancelled: [],
};

/** One video on its way from request to output. */
export class Job {
	/** Whether an earlier try of the execution has created its task, or may have. */
	isRestored = false;

	private current: JobState = { status: 'new', imageUrls: new Map() };

	/** @param onChange is told of each change of the state */
	constructor(
		readonly request: JobRequest,
		private readonly onChange: (job: Job) => void = () => {},
	) {}

	get state(): JobState {
		return this.current;
	}

	/** The state if the job is in that one. */
	in<S extends Status>(status: S): StateOf<S> | undefined {
		return this.current.status === status ? (this.current as StateOf<S>) : undefined;
	}

	/**
	 * The one place where the state changes.
	 *
	 * @throws ApplicationError for a transition that there is not, which is a defect of this package
	 */
	enter(next: JobState): void {
		const { status } = this.current;
		if (!NEXT[status].includes(next.status)) {
			throw new ApplicationError(`A job cannot go from “${status}” to “${next.status}”`);
		}
		this.current = next;
		this.onChange(this);
	}

	/** There is a task, and the wait for it begins. A task that was just created or read is seen at once. */
	start(taskId: string, origin: TaskOrigin, startedAt: number, task?: Task): void {
		const kept = task && this.keptOf(task, origin);
		this.enter({ status: 'running', taskId, origin, startedAt, task: kept });
		if (task && isFinal(task)) this.observe(task, startedAt);
	}

	/** Updates a running job from a read of its task. */
	observe(seen: Task, now: number): void {
		const running = this.in('running');
		if (!running) return;
		const task = this.keptOf(seen, running.origin);
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

	/** Many items wait at once: PiAPI's own object is only kept where the output needs it. */
	private keptOf(task: Task, origin: TaskOrigin): Task {
		const isRawNeeded = this.request.output.type === 'raw' || origin !== 'created';
		return isRawNeeded ? task : { ...task, raw: {} };
	}

	/** The time limit of a running job has passed. */
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
	fail(cause: PiapiError): void {
		const { taskId = cause.details.taskId, task } = taskOf(this.current);
		const error = cause.code === 'unknownTask' ? this.unknown(cause) : cause;
		const named = taskId === undefined ? error : error.about(taskId);
		const attempt = this.in('unconfirmed')?.attempt;
		this.enter({ status: 'failed', error: named, taskId, task, attempt });
	}

	/** A refused create can have named a task that there never was; an earlier try's task was there. */
	private unknown({ details }: PiapiError): PiapiError {
		const { origin, task } = this.in('running') ?? {};
		const providerMessage = task?.failure || details.providerMessage;
		const code = origin === 'restored' ? 'taskGone' : 'unknownTask';
		return new PiapiError(code, { ...details, providerMessage });
	}
}

/** What is known of the task in any state. */
export function taskOf(state: JobState): { taskId?: string; task?: Task } {
	switch (state.status) {
		case 'new':
		case 'creating':
		case 'unconfirmed':
			return {};
		case 'succeeded':
			return { taskId: state.task.taskId, task: state.task };
		case 'cancelled':
			return { taskId: state.taskId };
		default:
			return { taskId: state.taskId, task: state.task };
	}
}

/** The create of a job that may have made a task, although no task of it is known. */
export function attemptOf({ state }: Job): CreateAttempt | undefined {
	return 'attempt' in state ? state.attempt : undefined;
}

/** What became of a task. */
type TaskOutcome = { type: 'open' } | { type: 'succeeded' } | { type: 'failed'; error: PiapiError };

export function outcomeOf(task: Task): TaskOutcome {
	if (!hasEnded(task)) return { type: 'open' };

	const { taskId, status, failure, videoUrl, isLinkWithheld } = task;
	if (status === 'cancelled') {
		return { type: 'failed', error: new PiapiError('cancelled', { taskId }) };
	}
	if (status === 'failed') {
		const error = new PiapiError(classifyFailure(failure), { taskId, providerMessage: failure });
		return { type: 'failed', error };
	}
	if (isLinkWithheld) return { type: 'failed', error: new PiapiError('linkWithheld', { taskId }) };
	if (videoUrl !== null) return { type: 'succeeded' };
	return { type: 'failed', error: new PiapiError('withoutVideo', { taskId }) };
}
