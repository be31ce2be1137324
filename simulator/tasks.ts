import { randomUUID } from 'node:crypto';

const underWay = ['pending', 'staged', 'processing'] as const;
export type TaskStatus = (typeof underWay)[number] | 'completed' | 'failed' | 'cancelled';

export function isUnderWay(status: TaskStatus): boolean {
	return (underWay as readonly TaskStatus[]).includes(status);
}

export const aspectRatios = ['9:16', '3:4', '1:1', '4:3', '16:9', '21:9'] as const;
export type AspectRatio = (typeof aspectRatios)[number];

/** One end of a video in the older form of a request; a generation frame names an earlier task. */
interface KeyFrame {
	type: 'image' | 'generation';
	url?: string;
	id?: string;
}

/** `input` of a task, as it was sent. */
export interface TaskInput {
	prompt?: string;
	/** Seconds of video: 5 or 10. */
	duration?: number;
	aspect_ratio?: AspectRatio;
	start_image?: string;
	end_image?: string;
	key_frames?: { frame0?: KeyFrame | null; frame1?: KeyFrame | null } | null;
	[field: string]: unknown;
}

export interface TaskConfig {
	service_mode?: string;
	webhook_config?: { endpoint?: string; secret?: string };
	[field: string]: unknown;
}

export type TaskType = 'video_generation' | 'extend_video';

/** Why a task ends as `failed`. */
export interface TaskFailure {
	/** The text for people. */
	message: string;
	/** The upstream's own text; `message` when left out. */
	rawMessage?: string;
	/** The task is `failed` in the answer to its creation already. */
	atOnce?: boolean;
}

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
