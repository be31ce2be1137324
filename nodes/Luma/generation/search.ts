import { orTrouble, PiapiTrouble } from '../piapi/errors';
import type { HistoryPage, HistoryQuery, HistoryRow } from '../piapi/history';
import { isOrderOf } from '../piapi/sameOrder';
import type { Task } from '../piapi/task';
import { observe, type Generation } from './generation';
import type { Order } from './order';
import type { Run } from './run';
import { Windows } from './window';

/** An item whose create was sent and never answered. */
export type Lost = Generation & { order: Order };

export function isLost(generation: Generation): generation is Lost {
	return generation.order !== undefined && generation.taskId === undefined;
}

const PAGE_SIZE = 100;
const MOST_PAGES = 20;
const SHORTEST_PAUSE_MS = 50;
/** The list is asked for with that much to spare at either end: its filter may not be exact. */
const SPARE_MS = 5 * 60_000;

/** Looks for the tasks of lost creates; several looks know more than one. */
export class Search {
	readonly windows = new Windows();

	/** What was found so far; null for a task that is nobody's here. */
	private readonly found = new Map<string, Task | null>();

	/** When the first task was made that could not be read: it may be the one, and not a later like. */
	private knownUntil = Infinity;

	/** @param giveUpAt when the last look has to be over, on the run's clock */
	constructor(
		private readonly run: Run,
		private readonly giveUpAt: number,
	) {}

	async look(lost: Lost[]): Promise<void> {
		await Promise.all(lost.map(async (generation) => await this.readNamed(generation)));
		const rows = await this.rowsFor(lost);
		const unread = rows.filter(
			({ taskId, createdAt }) =>
				!this.found.has(taskId) &&
				!this.run.claims.has(taskId) &&
				lost.some(({ order }) => this.windows.mayHaveMade(order, createdAt)),
		);
		await Promise.all(unread.map(async ({ taskId }) => await this.readListed(taskId, lost)));
		const missed = unread.filter(({ taskId }) => !this.found.has(taskId));
		this.knownUntil = Math.min(...missed.map(madeAt));
		this.match(lost);
		while (this.isUnclear(lost) && (await this.sharpenClock())) this.match(lost);
	}

	/** The list of tasks from their time; what could not be read is left to the next look. */
	private async rowsFor(lost: Lost[]): Promise<HistoryRow[]> {
		const rows = new Map<string, HistoryRow>();
		const since = Math.min(...lost.map(({ order }) => this.windows.earliest(order)));
		const until = Math.max(...lost.map(({ order }) => this.windows.latest(order)));
		for (let page = 1; page <= MOST_PAGES; page++) {
			const list = await this.list({
				page,
				pageSize: PAGE_SIZE,
				startTime: since - SPARE_MS,
				...(Number.isFinite(until) && { endTime: until + SPARE_MS }),
			});
			list?.rows.forEach((row) => rows.set(row.taskId, row));
			if (!list?.hasMore) break;
		}
		return [...rows.values()];
	}

	/** Milliseconds that are left for the search. */
	private get patienceMs(): number {
		const { clock } = this.run;
		return clock.stopped ? 0 : this.giveUpAt - clock.now();
	}

	private async list(query: HistoryQuery): Promise<HistoryPage | undefined> {
		const { client, clock } = this.run;
		if (this.patienceMs <= 0) return undefined;
		const sentAt = clock.now();
		const list = await orTrouble(client.listTasks(query, this.patienceMs));
		if (list instanceof PiapiTrouble) return undefined;
		if (list.answeredAt !== null) {
			const reading = { sentAt, receivedAt: clock.now(), second: list.answeredAt };
			this.windows.piapiClock.learn(reading);
		}
		return list;
	}

	/** @returns whether PiAPI's clock is known better now */
	private async sharpenClock(): Promise<boolean> {
		const { clock } = this.run;
		const soon = clock.now() + SHORTEST_PAUSE_MS;
		await clock.sleepUnlessStopped(this.windows.piapiClock.bestMomentFrom(soon) - clock.now());
		const list = await this.list({ page: 1, pageSize: 1 });
		this.windows.piapiClock.probes++;
		return list !== undefined && list.answeredAt !== null;
	}

	private async read(taskId: string): Promise<Task | undefined> {
		const { client, gate } = this.run;
		return await gate.pass(async () => {
			if (this.patienceMs <= 0) return undefined;
			const task = await orTrouble(client.readTask(taskId, this.patienceMs));
			return task instanceof PiapiTrouble ? undefined : task;
		});
	}

	/** Where an answer in trouble named the task, nothing has to be searched. */
	private async readNamed(generation: Lost): Promise<void> {
		const { taskId } = generation.order;
		const task = taskId === undefined ? undefined : await this.read(taskId);
		if (task && !this.run.clock.stopped) adopt(generation, task, this.run);
	}

	/** The list has no prompts: only the task itself says what was ordered. */
	private async readListed(taskId: string, lost: Lost[]): Promise<void> {
		const task = await this.read(taskId);
		if (!task) return;
		const isWanted = lost.some(({ order }) => isOrderOf(order.ordered, task.raw));
		this.found.set(taskId, isWanted ? task : null);
	}

	/** What may be somebody's here, the oldest first: an order's own task comes before a later like. */
	private get candidates(): Task[] {
		return [...this.found.values()]
			.filter((task) => task !== null)
			.filter((task) => !this.run.claims.has(task.taskId) && madeAt(task) <= this.knownUntil)
			.sort((one, other) => madeAt(one) - madeAt(other));
	}

	/** Whether a task was made so close to an order of the same that nobody can tell yet which was first. */
	private isUnclear(lost: Lost[]): boolean {
		return this.candidates
			.filter(({ createdAt }) => createdAt !== null)
			.some((task) =>
				lost
					.filter(isLost)
					.some(
						({ order }) =>
							isOrderOf(order.ordered, task.raw) &&
							this.windows.age(order, task.createdAt) === 'unclear',
					),
			);
	}

	/** Gives each task to one item at most: to the latest order that can have made it, once that is clear. */
	private match(lost: Lost[]): void {
		const latestFirst = [...lost].sort((one, other) => other.order.from - one.order.from);
		for (const task of this.candidates) {
			if (this.run.clock.stopped) return;
			const owner = latestFirst.find(
				(generation) =>
					isLost(generation) &&
					isOrderOf(generation.order.ordered, task.raw) &&
					this.windows.mayHaveMade(generation.order, task.createdAt),
			);
			if (!owner) continue;
			// Its owner may not take a later like before it is clear whose this one is.
			if (this.windows.age(owner.order, task.createdAt) === 'unclear') return;
			if (!this.isAwaited(task)) adopt(owner, task, this.run);
		}
	}

	/** Whether a create that has no answer yet may be told of this task: then the next look knows more. */
	private isAwaited(task: Task): boolean {
		return this.run.claims
			.rivalsFor(task)
			.some((order) => this.windows.mayHaveMade(order, task.createdAt));
	}
}

function madeAt({ createdAt }: Pick<Task, 'createdAt'>): number {
	return createdAt === null ? Infinity : Date.parse(createdAt);
}

/** Goes on with the task as if its create had been answered. */
function adopt(generation: Lost, task: Task, { claims, clock, ledger }: Run): void {
	const { request } = generation;
	claims.add(task.taskId);
	const costUsd = task.costUsd || (ledger.find(request)?.costUsd ?? 0);
	ledger.write(request, { taskId: task.taskId, costUsd });
	generation.beganAt = clock.now();
	observe(generation, task, clock.now());
}
