import { randomUUID } from 'node:crypto';
import type { TaskConfig, TaskFailure, TaskInput, TaskStatus, TaskType } from './contract';

/** How a task stands at one moment; times in milliseconds, points of which 10,000,000 are a dollar. */
export interface TaskState {
	status: TaskStatus;
	/** When this state began. */
	since: number;
	startedAt?: number;
	endedAt?: number;
	frozenPoints: number;
	chargedPoints: number;
	failure?: TaskFailure;
}

/** What a task is made of; all of it is known when it is created. */
interface TaskSpec {
	/** 1 for the first task created. */
	readonly ordinal: number;
	readonly taskType: TaskType;
	readonly input: TaskInput;
	readonly config: TaskConfig;
	/** Milliseconds since the epoch. */
	readonly createdAt: number;
	readonly pricePoints: number;
}

/** One paid task with all the states it went through, so that a lagging read can show an old one. */
export type SimulatedTask = TaskSpec & TaskLife;

/** @param catchUp - brings the account up to the present before the task is looked at */
export function newTask(spec: TaskSpec, catchUp: () => void): SimulatedTask {
	return Object.assign(new TaskLife(spec, catchUp), spec);
}

class TaskLife {
	readonly taskId: string = randomUUID();
	/** The id of the video within the task, which `extend_video` takes as well. */
	readonly generationId: string = randomUUID();
	/** The failure it will end with, if it does. */
	plan?: TaskFailure;
	/** How often it was read. */
	reads = 0;
	readonly #history: TaskState[];
	readonly #catchUp: () => void;

	constructor({ createdAt: since, pricePoints: frozenPoints }: TaskSpec, catchUp: () => void) {
		this.#catchUp = catchUp;
		this.#history = [{ status: 'pending', since, frozenPoints, chargedPoints: 0 }];
	}

	get status(): TaskStatus {
		return this.state.status;
	}

	get startedAt(): number | undefined {
		return this.state.startedAt;
	}

	get endedAt(): number | undefined {
		return this.state.endedAt;
	}

	get chargedPoints(): number {
		return this.state.chargedPoints;
	}

	get state(): TaskState {
		this.#catchUp();
		return this.latest;
	}

	/** The state as it was last written down, which may lie behind the clock. */
	get latest(): TaskState {
		return this.#history[this.#history.length - 1];
	}

	/** How the task stood then; undefined when it did not exist yet. */
	stateAt(at: number): TaskState | undefined {
		this.#catchUp();
		return this.#history.findLast(({ since }) => since <= at);
	}

	/** Writes down a new state that begins at `since`. */
	enter(since: number, change: Partial<TaskState>): void {
		this.#history.push({ ...this.latest, ...change, since });
	}
}
