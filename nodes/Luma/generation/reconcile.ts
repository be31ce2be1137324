import { orTrouble, PiapiTrouble } from '../piapi/errors';
import type { HistoryPage, HistoryQuery, HistoryRow } from '../piapi/history';
import { isOrderOf } from '../piapi/sameOrder';
import type { Task } from '../piapi/task';
import { observe, type Generation } from './generation';
import { windowOf, type Order } from './order';
import { PiapiClock } from './piapiClock';
import type { Run } from './run';

// PiAPI's task list lags behind, so one look is not enough: often at first, then ever more patiently.
const PAUSES_MS = [0, 1, 1, 1, 2, 3, 5, 8, 12, 16, 20].map((seconds) => seconds * 1000);
/** A retry comes to a list that had all the time to catch up. */
const PAUSES_OF_A_RETRY = 5;
const LONGEST_MS = 100_000;

type Lost = Generation & { order: Order };

/**
 * Finds the tasks of creates whose answer got lost among the account's recent tasks, so that what was
 * paid is used and nothing is paid twice. What cannot be found may or may not have been made: its item
 * says so, and nothing is ordered again.
 */
export async function reconcile(generations: Generation[], run: Run): Promise<void> {
	const lost = generations.filter(isLost);
	if (lost.length === 0) return;

	const { clock } = run;
	const search = new Search(run);
	const giveUpAt = clock.now() + LONGEST_MS;
	const isRetry = lost.every(({ order }) => order.clock === 'piapi');
	for (const pauseMs of PAUSES_MS.slice(0, isRetry ? PAUSES_OF_A_RETRY : undefined)) {
		await clock.sleepUnlessStopped(pauseMs);
		if (clock.stopped || clock.now() >= giveUpAt) break;
		await clock.unlessStopped(search.look(lost.filter(isLost)));
		if (!lost.some(isLost)) return;
	}
	if (clock.stopped) return;
	lost.filter(isLost).forEach((generation) => search.giveUp(generation));
	if (run.failFast) clock.end();
}

function isLost(generation: Generation): generation is Lost {
	return generation.order !== undefined && generation.taskId === undefined;
}

const PAGE_SIZE = 100;
const MOST_PAGES = 20;
const SHORTEST_PAUSE_MS = 50;
/** The list is asked for from a little earlier on: its filter may not be exact. */
const EARLIER_MS = 5 * 60_000;

class Search {
	private readonly piapiClock = new PiapiClock();

	/** What was found so far; null for a task that is nobody's here. */
	private readonly found = new Map<string, Task | null>();

	constructor(private readonly run: Run) {}

	async look(lost: Lost[]): Promise<void> {
		const rows = await this.recentRows(Math.min(...lost.map(({ order }) => this.earliest(order))));
		const unread = rows.filter(
			({ taskId, createdAt }) =>
				!this.found.has(taskId) &&
				!this.run.claims.has(taskId) &&
				lost.some(({ order }) => this.age(order, createdAt) !== 'older'),
		);
		await Promise.all(unread.map(async (row) => await this.read(row, lost)));
		this.match(lost);
		while (this.isUnclear(lost) && (await this.sharpenClock())) this.match(lost);
	}

	giveUp(generation: Lost): void {
		const { order, request } = generation;
		generation.trouble = new PiapiTrouble('mayHaveBeenMade', {
			...generation.unanswered?.facts,
			remedy: remedyFor(order),
		});
		if (!this.piapiClock.isKnown || order.clock === 'piapi') return;
		const [from, to] = [this.earliest(order), this.piapiClock.latest(order.to)];
		const costUsd = this.run.ledger.find(request)?.costUsd ?? 0;
		generation.order = { ...order, from, to, clock: 'piapi' };
		this.run.ledger.write(request, { order: generation.order, costUsd });
	}

	/** The list of tasks from then on; what could not be read is left to the next look. */
	private async recentRows(since: number): Promise<HistoryRow[]> {
		const rows = new Map<string, HistoryRow>();
		for (let page = 1; page <= MOST_PAGES; page++) {
			const list = await this.list({ page, pageSize: PAGE_SIZE, startTime: since - EARLIER_MS });
			list?.rows.forEach((row) => rows.set(row.taskId, row));
			if (!list?.hasMore) break;
		}
		return [...rows.values()];
	}

	private async list(query: HistoryQuery): Promise<HistoryPage | undefined> {
		const { client, clock } = this.run;
		if (clock.stopped) return undefined;
		const sentAt = clock.now();
		const list = await orTrouble(client.listTasks(query));
		if (list instanceof PiapiTrouble) return undefined;
		if (list.answeredAt !== null) {
			this.piapiClock.learn({ sentAt, receivedAt: clock.now(), second: list.answeredAt });
		}
		return list;
	}

	/** @returns whether PiAPI's clock is known better now */
	private async sharpenClock(): Promise<boolean> {
		const { clock } = this.run;
		const soon = clock.now() + SHORTEST_PAUSE_MS;
		await clock.sleepUnlessStopped(this.piapiClock.bestMomentFrom(soon) - clock.now());
		const list = await this.list({ page: 1, pageSize: 1 });
		return list !== undefined && list.answeredAt !== null;
	}

	/** The list has no prompts: only the task itself says what was ordered. */
	private async read({ taskId }: HistoryRow, lost: Lost[]): Promise<void> {
		const { client, clock, gate } = this.run;
		const task = await gate.pass(async () =>
			clock.stopped ? undefined : await orTrouble(client.readTask(taskId)),
		);
		if (!task || task instanceof PiapiTrouble) return;
		const isWanted = lost.some(({ order }) => isOrderOf(order.ordered, task.raw));
		this.found.set(taskId, isWanted ? task : null);
	}

	/** Whether a task was made so close to an order of the same that nobody can tell yet which was first. */
	private isUnclear(lost: Lost[]): boolean {
		return [...this.found.values()].some(
			(task) =>
				task !== null &&
				task.createdAt !== null &&
				!this.run.claims.has(task.taskId) &&
				lost
					.filter(isLost)
					.some(
						({ order }) =>
							isOrderOf(order.ordered, task.raw) && this.age(order, task.createdAt) === 'unclear',
					),
		);
	}

	/** Gives each task to one item at most: to the latest order that can have made it, once that is clear. */
	private match(lost: Lost[]): void {
		const latestFirst = [...lost].sort((one, other) => other.order.from - one.order.from);
		for (const task of this.found.values()) {
			if (this.run.clock.stopped) return;
			if (!task || this.run.claims.has(task.taskId)) continue;
			const owner = latestFirst.find(
				(generation) =>
					isLost(generation) &&
					isOrderOf(generation.order.ordered, task.raw) &&
					this.age(generation.order, task.createdAt) !== 'older',
			);
			if (owner && this.age(owner.order, task.createdAt) === 'newer') {
				adopt(owner, task, this.run);
			}
		}
	}

	/**
	 * Whether a task was made before or after the order was sent, by PiAPI's clock. Once that clock is
	 * known as well as it can be, the rest of doubt speaks for the order.
	 */
	private age(order: Order, createdAt: string | null): 'older' | 'newer' | 'unclear' {
		if (createdAt === null || !(this.piapiClock.isKnown || order.clock === 'piapi'))
			return 'unclear';
		const made = Date.parse(createdAt);
		if (made < this.earliest(order)) return 'older';
		const isClear = this.piapiClock.isSharp || order.clock === 'piapi';
		return isClear || made >= this.piapiClock.latest(order.from) ? 'newer' : 'unclear';
	}

	/** On PiAPI's clock, as far as it is known. */
	private earliest({ from, clock }: Order): number {
		return clock === 'piapi' ? from : this.piapiClock.earliest(from);
	}
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

function remedyFor(order: Order): string {
	return `If there is a task, it was made between ${windowOf(order)}. Look for it in the task list at app.piapi.ai: if it is there, pick it up with Task → Wait and its ID, and nothing is paid twice. If it is not, start the workflow anew, or change the prompt or the Seed of this item: a retry with the same fields looks again, but never orders a second time.`;
}
