import type { Clock } from './clock';
import type { Seconds, SimulatorOptions } from './contract';
import {
	isUnderWay,
	SimulatedTask,
	type TaskFailure,
	type TaskInput,
	type TaskRequest,
} from './tasks';

export const pointsPerUsd = 10_000_000;

/** What a task does next, and when. */
interface Step {
	at: number;
	task: SimulatedTask;
	act: (at: number) => void;
}

/**
 * The customer's account: its points, its tasks, and how many of them render at once. What is due is
 * done in the order of time whenever somebody looks, so thousands of tasks need no timer at all.
 */
export class Account {
	readonly tasks = new Map<string, SimulatedTask>();
	readonly concurrency: number;
	#availablePoints: number;
	readonly #agenda: Step[] = [];
	#staged: SimulatedTask[] = [];
	#processing = 0;
	#catchingUp = false;

	/**
	 * @param findMissingImage - the address of an input image that can't be fetched, if there is one
	 * @param tell - told of every state a task enters, at that moment of the clock
	 */
	constructor(
		private readonly options: SimulatorOptions,
		private readonly clock: Clock,
		private readonly findMissingImage: (input: TaskInput, at: number) => string | undefined,
		private readonly tell: (task: SimulatedTask, at: number) => void,
	) {
		this.concurrency = options.concurrency ?? 50;
		this.#availablePoints = Math.round((options.balanceUsd ?? 100) * pointsPerUsd);
	}

	/** Points that are neither used nor frozen. */
	get availablePoints(): number {
		this.catchUp();
		return this.#availablePoints;
	}

	/** Points frozen for a task: 2,000,000 for 5 s of video unless the options say otherwise, double for 10 s. */
	priceOf(input: TaskInput): number {
		const { priceUsd = 0.2 } = this.options;
		return Math.round(((input.duration ?? 5) / 5) * priceUsd * pointsPerUsd);
	}

	/** Freezes the price and queues the task; the caller has checked that there are points enough. */
	create({ taskType, input, config }: TaskRequest): SimulatedTask {
		const now = this.clock.now();
		const ordinal = this.tasks.size + 1;
		const price = this.priceOf(input);
		const catchUp = () => this.catchUp();
		const task = new SimulatedTask(ordinal, taskType, input, config, now, price, catchUp);
		task.plan = this.options.outcome?.(input, ordinal);
		this.tasks.set(task.taskId, task);
		this.#availablePoints -= price;
		this.tell(task, now);
		const { readsPerStep, queueSeconds = readsPerStep ? Infinity : 0.2 } = this.options;
		if (task.plan?.atOnce) this.#end(task, now);
		else this.#plan(task, now + msFor(task, queueSeconds), (at) => this.#admit(task, at));
		this.catchUp();
		return task;
	}

	/** Cancels a pending task and gives its points back. */
	cancel(task: SimulatedTask): void {
		const at = this.clock.now();
		this.#availablePoints += task.pricePoints;
		task.enter(at, { status: 'cancelled', endedAt: at });
		this.tell(task, at);
	}

	/** Moves a task on now, whatever its time: until it has started, or to its end. */
	move(task: SimulatedTask, to: 'processing' | 'completed' | TaskFailure): void {
		const { status } = task;
		if (!isUnderWay(status)) throw new Error(`The task has ended already: ${status}`);
		const now = this.clock.now();
		if (status !== 'processing') this.#start(task, now);
		if (to === 'processing') return;
		task.plan = to === 'completed' ? undefined : to;
		this.#takeStep(task)?.act(now);
	}

	/** Notes that a task is read, which can move it on. */
	countRead(task: SimulatedTask): void {
		task.reads++;
		const { readsPerStep = 0 } = this.options;
		const { status } = task;
		if (readsPerStep === 0 || task.reads % readsPerStep > 0 || !isUnderWay(status)) return;
		this.move(task, status === 'processing' ? (task.plan ?? 'completed') : 'processing');
	}

	/** Does all that is due by now. */
	catchUp(): void {
		if (this.#catchingUp) return;
		this.#catchingUp = true;
		while (this.nextDueAt <= this.clock.now()) {
			const { at, act } = this.#agenda.shift()!;
			act(at);
		}
		this.#catchingUp = false;
	}

	/** When something is due next, in milliseconds; `Infinity` when nothing is. */
	get nextDueAt(): number {
		return this.#agenda[0]?.at ?? Infinity;
	}

	/** The task of that id, or of the video with that id. */
	find(id: unknown): SimulatedTask | undefined {
		const isOfVideo = ({ generationId }: SimulatedTask) => generationId === id;
		return this.tasks.get(String(id)) ?? [...this.tasks.values()].find(isOfVideo);
	}

	#admit(task: SimulatedTask, at: number): void {
		if (task.latest.status !== 'pending') return;
		if (this.#processing < this.concurrency) {
			this.#start(task, at);
		} else {
			task.enter(at, { status: 'staged' });
			this.#staged.push(task);
			this.tell(task, at);
		}
	}

	#start(task: SimulatedTask, at: number): void {
		this.#takeStep(task);
		this.#staged = this.#staged.filter((staged) => staged !== task);
		this.#processing++;
		task.enter(at, { status: 'processing', startedAt: at });
		this.tell(task, at);
		const { readsPerStep, renderSeconds = readsPerStep ? Infinity : 5 } = this.options;
		const missing = this.findMissingImage(task.input, at);
		if (missing) {
			const message = 'failed to fetch image';
			task.plan = { message, rawMessage: `${message}: ${missing}` };
		}
		this.#plan(task, missing ? at : at + msFor(task, renderSeconds), (endedAt) => {
			this.#processing--;
			this.#end(task, endedAt);
			const [next] = this.#staged;
			if (next) this.#start(next, endedAt);
		});
	}

	#end(task: SimulatedTask, at: number): void {
		const failure = task.plan;
		if (failure) this.#availablePoints += task.pricePoints;
		task.enter(at, { status: failure ? 'failed' : 'completed', endedAt: at, failure });
		this.tell(task, at);
	}

	#plan(task: SimulatedTask, at: number, act: Step['act']): void {
		const place = this.#agenda.findLastIndex((step) => step.at <= at) + 1;
		this.#agenda.splice(place, 0, { at, task, act });
	}

	#takeStep(task: SimulatedTask): Step | undefined {
		const place = this.#agenda.findIndex((step) => step.task === task);
		return place < 0 ? undefined : this.#agenda.splice(place, 1)[0];
	}
}

function msFor({ input, ordinal }: SimulatedTask, seconds: Seconds): number {
	return 1000 * (typeof seconds === 'number' ? seconds : seconds(input, ordinal));
}
