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
	taskId: string;
	/** The id of the video within the task, which `extend_video` takes as well. */
	generationId: string;
	/** 1 for the first task created. */
	ordinal: number;
	taskType: TaskType;
	input: TaskInput;
	config: TaskConfig;
	/** Milliseconds since the epoch. */
	createdAt: number;
	pricePoints: number;
	/** The failure it will end with, if it does. */
	plan?: TaskFailure;
}

/** One paid task with all the states it went through, so that a lagging read can show an old one. */
export class SimulatedTask {
	readonly taskId: string;
	readonly generationId: string;
	readonly ordinal: number;
	readonly taskType: TaskType;
	readonly input: TaskInput;
	readonly config: TaskConfig;
	readonly createdAt: number;
	readonly pricePoints: number;
	readonly plan: TaskFailure | undefined;
	readonly #history: TaskState[];
	readonly #catchUp: () => void;

	/** @param catchUp - brings the account up to the present before the task is looked at */
	constructor(order: TaskSpec, catchUp: () => void) {
		this.taskId = order.taskId;
		this.generationId = order.generationId;
		this.ordinal = order.ordinal;
		this.taskType = order.taskType;
		this.input = order.input;
		this.config = order.config;
		this.createdAt = order.createdAt;
		this.pricePoints = order.pricePoints;
		this.plan = order.plan;
		this.#catchUp = catchUp;
		const { createdAt: since, pricePoints: frozenPoints } = order;
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

	get failure(): TaskFailure | undefined {
		return this.state.failure;
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
