import { catchPiapiError, PiapiError } from '../../piapi/errors';
import type { HistoryRow } from '../../piapi/history';
import type { Clock } from '../../runtime/clock';
import type { BookedTask, SpendingBook } from '../ledger';
import { sumUsd } from '../price';
import type { ListTasks } from '../historyPages';
import { DAY_MS, readDay } from './dayOfTasks';
import { KnownPrices } from './knownPrices';

/** The list price of the dearest video: what a task of unknown price counts for. */
const DEAREST_USD = 0.4;
/** PiAPI's task list shows a task by then, so that what it does not show does not exist. */
const SETTLE_MS = 10 * 60_000;
/** So long a read without room is believed: not creating is always safe. */
const FRESH_MS = 10_000;

/** A task, and when it was created on PiAPI's clock; milliseconds since 1970. */
interface PaidTask {
	costUsd: number;
	createdAt: number;
}

/** A create that nobody has confirmed. */
interface PendingCreate {
	costUsd: number;
	/** Milliseconds on the clock of this n8n; Infinity while its run goes on. */
	countsUntil: number;
}

/**
 * What an account's Luma tasks of the last 24 hours cost: what PiAPI's task list shows, and what the
 * executions of this process have created and are creating. Each task counts once, by its id.
 */
export class AccountSpending implements SpendingBook {
	readonly prices = new KnownPrices();

	private readonly tasks = new Map<string, PaidTask>();

	private readonly pending = new Map<string, PendingCreate>();

	private aheadMs = 0;

	private readAt = -Infinity;

	private reading: Promise<PiapiError | undefined> | undefined;

	constructor(private readonly clock: Pick<Clock, 'now'>) {}

	/** PiAPI's time; milliseconds since 1970. */
	get now(): number {
		return this.clock.now() - this.aheadMs;
	}

	/** From when on tasks count. */
	get since(): number {
		return this.now - DAY_MS;
	}

	/** Whether the list was read in the last seconds. */
	get isFresh(): boolean {
		return this.clock.now() - this.readAt < FRESH_MS;
	}

	/** US dollars, charged or reserved. */
	get spentUsd(): number {
		return sumUsd(this.counted().map(({ costUsd }) => costUsd));
	}

	/** When no more than that many US dollars count, if nothing else is created; undefined when never. */
	timeBelow(usd: number): number | undefined {
		if (usd < 0) return undefined;
		const counted = this.counted().sort((one, other) => one.createdAt - other.createdAt);
		let leftUsd = this.spentUsd;
		if (leftUsd <= usd) return this.now;
		for (const { costUsd, createdAt } of counted) {
			leftUsd = sumUsd([leftUsd, -costUsd]);
			if (leftUsd <= usd) return createdAt + DAY_MS;
		}
		return undefined;
	}

	/**
	 * Reads the account's task list. Executions that start at once share one read.
	 *
	 * @returns why it could not be read
	 */
	async refresh(list: ListTasks): Promise<PiapiError | undefined> {
		const joined = this.reading;
		// The read of another execution ends without result when that one is stopped.
		if (joined && !(await joined)) return undefined;
		this.reading ??= this.read(list).finally(() => (this.reading = undefined));
		return await this.reading;
	}

	reserve(id: string, costUsd: number): void {
		this.pending.set(id, { costUsd, countsUntil: Infinity });
	}

	/** A task that an earlier process created is left to the task list. */
	confirm(id: string, { taskId, costUsd, priceKey, isPriced }: BookedTask): void {
		const isOwn = this.pending.delete(id) || this.tasks.has(taskId);
		if (!isOwn) return;
		this.addTask(taskId, { costUsd, createdAt: this.now });
		this.prices.note(priceKey, isPriced ? costUsd : undefined);
	}

	priceUsd(priceKey: string): number | undefined {
		return this.prices.usdOf(priceKey);
	}

	release(id: string, taskId?: string): void {
		this.pending.delete(id);
		if (taskId !== undefined) this.tasks.delete(taskId);
	}

	settle(id: string): void {
		const create = this.pending.get(id);
		if (create) create.countsUntil = this.clock.now() + SETTLE_MS;
	}

	private async read(list: ListTasks): Promise<PiapiError | undefined> {
		const day = await catchPiapiError(readDay(list, () => this.clock.now(), this.aheadMs));
		if (day instanceof PiapiError) return day;
		this.aheadMs = day.aheadMs;
		this.readAt = this.clock.now();
		for (const row of day.rows) {
			const createdAt = row.createdAt === null ? this.now : Date.parse(row.createdAt);
			this.addTask(row.taskId, { costUsd: this.costOf(row), createdAt });
		}
		return undefined;
	}

	/** An open task of which the list shows no price counts at the price that is known, else at the dearest. */
	private costOf({ taskId, status, serviceMode, costUsd }: HistoryRow): number {
		const isCharged = status === 'completed' || serviceMode === 'private';
		const isCancelled = status === 'failed' || status === 'cancelled';
		if (isCancelled) return costUsd ?? 0;
		const listedUsd = isCharged ? costUsd : costUsd || null;
		return listedUsd ?? this.tasks.get(taskId)?.costUsd ?? DEAREST_USD;
	}

	/** The first date of a task counts, and none lies ahead. */
	private addTask(taskId: string, { costUsd, createdAt }: PaidTask): void {
		const known = this.tasks.get(taskId)?.createdAt ?? Infinity;
		this.tasks.set(taskId, { costUsd, createdAt: Math.min(known, createdAt, this.now) });
	}

	private counted(): PaidTask[] {
		const { now, since } = this;
		for (const [taskId, { createdAt }] of this.tasks) {
			if (createdAt <= since) this.tasks.delete(taskId);
		}
		for (const [id, { countsUntil }] of this.pending) {
			if (countsUntil <= this.clock.now()) this.pending.delete(id);
		}
		const pending = [...this.pending.values()];
		return [...this.tasks.values(), ...pending.map((each) => ({ ...each, createdAt: now }))];
	}
}
