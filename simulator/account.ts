import { createHash, randomUUID } from 'node:crypto';
import type { Clock } from './clock';
import type { SimulatorOptions, TaskConfig, TaskFailure, TaskInput, TaskType } from './contract';
import { SimulatedTask } from './tasks';

export const pointsPerUsd = 10_000_000;
const pointsPerSecondOfVideo = 400_000;

/** Told of every state a task enters, at that moment of the clock. */
type TaskListener = (task: SimulatedTask, at: number) => void;

type AccountOptions = Pick<
	SimulatorOptions,
	'renderSeconds' | 'queueSeconds' | 'concurrency' | 'outcome' | 'balanceUsd' | 'priceUsd' | 'seed'
>;

/**
 * The customer's account: its points, its tasks, and how many of them render at once. What is due is
 * done in the order of time whenever somebody looks, so thousands of tasks need no timer at all.
 */
export class Account {
	readonly tasks = new Map<string, SimulatedTask>();
	readonly concurrency: number;
	availablePoints: number;
	frozenPoints = 0;
	usedPoints = 0;
	readonly #seed: string;
	readonly #agenda: Array<{ at: number; act: (at: number) => void }> = [];
	readonly #staged: SimulatedTask[] = [];
	#processing = 0;
	#catchingUp = false;

	/**
	 * @param findMissingImage - the address of an input image that can't be fetched, if there is one
	 * @param tell - told of each change of a task
	 */
	constructor(
		private readonly options: AccountOptions,
		private readonly clock: Clock,
		private readonly findMissingImage: (input: TaskInput, at: number) => string | undefined,
		private readonly tell: TaskListener,
	) {
		this.#seed = options.seed ?? randomUUID();
		this.concurrency = options.concurrency ?? 50;
		this.availablePoints = Math.round((options.balanceUsd ?? 100) * pointsPerUsd);
	}

	/** Points frozen for a task: 2,000,000 for 5 s of video unless the options say otherwise, double for 10 s. */
	priceOf(input: TaskInput): number {
		const { priceUsd } = this.options;
		const perSecond =
			priceUsd === undefined ? pointsPerSecondOfVideo : (priceUsd * pointsPerUsd) / 5;
		return Math.round((input.duration ?? 5) * perSecond);
	}

	/** Freezes the price and queues the task; the caller has checked that there are points enough. */
	create(taskType: TaskType, input: TaskInput, config: TaskConfig): SimulatedTask {
		this.catchUp();
		const createdAt = this.clock.now();
		const ordinal = this.tasks.size + 1;
		const pricePoints = this.priceOf(input);
		const plan = this.options.outcome?.(input, ordinal);
		const order = { ordinal, taskType, input, config, createdAt, pricePoints, plan };
		const task = new SimulatedTask(
			{ ...order, taskId: this.#id('task', ordinal), generationId: this.#id('video', ordinal) },
			() => this.catchUp(),
		);
		this.tasks.set(task.taskId, task);
		this.availablePoints -= pricePoints;
		this.frozenPoints += pricePoints;
		this.tell(task, createdAt);
		if (plan?.atOnce) {
			this.#end(task, createdAt, plan);
		} else {
			const { queueSeconds = 0.2 } = this.options;
			this.#plan(createdAt + secondsFor(task, queueSeconds) * 1000, (at) => this.#admit(task, at));
			this.catchUp();
		}
		return task;
	}

	/** Cancels a pending task and gives its points back. */
	cancel(task: SimulatedTask): void {
		const at = this.clock.now();
		this.#release(task, 0);
		task.enter(at, { status: 'cancelled', endedAt: at, frozenPoints: 0 });
		this.tell(task, at);
	}

	/** Does all that is due by now. */
	catchUp(): void {
		if (this.#catchingUp) return;
		this.#catchingUp = true;
		try {
			while (this.#agenda.length > 0 && this.#agenda[0].at <= this.clock.now()) {
				const { at, act } = this.#agenda.shift()!;
				act(at);
			}
		} finally {
			this.#catchingUp = false;
		}
	}

	/** When something is due next, in milliseconds; undefined when all tasks are at their end. */
	get nextDueAt(): number | undefined {
		return this.#agenda[0]?.at;
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
		this.#processing++;
		task.enter(at, { status: 'processing', startedAt: at });
		this.tell(task, at);
		const missing = this.findMissingImage(task.input, at);
		const failure = missing
			? { message: 'failed to fetch image', rawMessage: `failed to fetch image: ${missing}` }
			: task.plan;
		const { renderSeconds = 5 } = this.options;
		this.#plan(missing ? at : at + secondsFor(task, renderSeconds) * 1000, (endedAt) => {
			this.#processing--;
			this.#end(task, endedAt, failure);
			const next = this.#staged.shift();
			if (next) this.#start(next, endedAt);
		});
	}

	#end(task: SimulatedTask, at: number, failure: TaskFailure | undefined): void {
		const chargedPoints = failure ? 0 : task.pricePoints;
		this.#release(task, chargedPoints);
		const status = failure ? 'failed' : 'completed';
		task.enter(at, { status, endedAt: at, frozenPoints: 0, chargedPoints, failure });
		this.tell(task, at);
	}

	#release(task: SimulatedTask, chargedPoints: number): void {
		this.frozenPoints -= task.pricePoints;
		this.usedPoints += chargedPoints;
		this.availablePoints += task.pricePoints - chargedPoints;
	}

	#plan(at: number, act: (at: number) => void): void {
		let place = this.#agenda.length;
		while (place > 0 && this.#agenda[place - 1].at > at) place--;
		this.#agenda.splice(place, 0, { at, act });
	}

	#id(kind: string, ordinal: number): string {
		const hash = createHash('sha256').update(`${this.#seed} ${kind} ${ordinal}`).digest('hex');
		const variant = '89ab'[parseInt(hash[16], 16) % 4];
		const groups = [
			hash.slice(0, 8),
			hash.slice(8, 12),
			`4${hash.slice(13, 16)}`,
			`${variant}${hash.slice(17, 20)}`,
		];
		return [...groups, hash.slice(20, 32)].join('-');
	}
}

function secondsFor(
	{ input, ordinal }: SimulatedTask,
	seconds: number | ((input: TaskInput, ordinal: number) => number),
): number {
	return typeof seconds === 'number' ? seconds : seconds(input, ordinal);
}
