import { randomUUID } from 'node:crypto';

const underWay = ['pending', 'staged', 'processing'] as const;
export type TaskStatus = (typeof underWay)[number] | 'completed' | 'failed' | 'cancelled';

export function isUnderWay(status: TaskStatus): boolean {
	return (underWay as readonly TaskStatus[]).includes(status);
}

/** Width and height of each shape's video and pictures in `media/`, in pixels. */
export const pixels = {
	'9:16': { width: 180, height: 320 },
	'3:4': { width: 240, height: 320 },
	'1:1': { width: 320, height: 320 },
	'4:3': { width: 320, height: 240 },
	'16:9': { width: 320, height: 180 },
	'21:9': { width: 336, height: 144 },
};
export type AspectRatio = keyof typeof pixels;

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
	service_mode: string;
	webhook_config: { endpoint: string; secret: string };
	[field: string]: unknown;
}

export type TaskType = 'video_generation' | 'extend_video';

/** The body of a create that PiAPI takes. */
export interface TaskRequest {
	taskType: TaskType;
	input: TaskInput;
	config: TaskConfig;
}

/** Why a task ends as `failed`. */
export interface TaskFailure {
	/** The text for people. */
	message: string;
	/** The upstream's own text; `message` when left out. */
	rawMessage?: string;
	/** The task is `failed` in the answer to its creation already. */
	atOnce?: boolean;
}

/** How a task stands at one moment; times in milliseconds. */
export interface TaskState {
	status: TaskStatus;
	/** When this state began. */
	since: number;
	startedAt?: number;
	endedAt?: number;
	failure?: TaskFailure;
}

/** One paid task with all the states it went through, so that a lagging read can show an old one. */
export class SimulatedTask {
	readonly taskId: string = randomUUID();
	/** The id of the video within the task, which `extend_video` takes as well. */
	readonly generationId: string = randomUUID();
	/** The failure it will end with, if it does. */
	plan?: TaskFailure;
	/** How often it was read. */
	reads = 0;
	readonly #history: TaskState[];

	/**
	 * @param ordinal - 1 for the first task created
	 * @param createdAt - milliseconds since the epoch
	 * @param catchUp - brings the account up to the present before the task is looked at
	 */
	constructor(
		readonly ordinal: number,
		readonly taskType: TaskType,
		readonly input: TaskInput,
		readonly config: TaskConfig,
		readonly createdAt: number,
		readonly pricePoints: number,
		private readonly catchUp: () => void,
	) {
		this.#history = [{ status: 'pending', since: createdAt }];
	}

	get status(): TaskStatus {
		this.catchUp();
		return this.latest.status;
	}

	get endedAt(): number | undefined {
		this.catchUp();
		return this.latest.endedAt;
	}

	get chargedPoints(): number {
		return this.status === 'completed' ? this.pricePoints : 0;
	}

	/** The state as it was last written down, which may lie behind the clock. */
	get latest(): TaskState {
		return this.#history[this.#history.length - 1];
	}

	/** How the task stood then; undefined when it did not exist yet. */
	stateAt(at: number): TaskState | undefined {
		this.catchUp();
		return this.#history.findLast(({ since }) => since <= at);
	}

	/** Writes down a new state that begins at `since`. */
	enter(since: number, change: Partial<TaskState>): void {
		this.#history.push({ ...this.latest, ...change, since });
	}
}
