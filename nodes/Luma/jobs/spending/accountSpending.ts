import { createHash } from 'node:crypto';
import { NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';

import { shortened } from '../../messages/items';
import type { PiapiClient } from '../../piapi/client';
import { credentialOf } from '../../piapi/credential';
import { PiapiError } from '../../piapi/errors';
import { isUncharged } from '../../piapi/task';
import type { TaskQuery, TaskRow } from '../../piapi/taskList';
import { systemClock, type Clock } from '../../runtime/clock';
import { LruMap, processMemory } from '../../runtime/memory';
import type { BookedTask, SpendingBook } from './ledger';
import { amountOf, believedUsd, DEAREST_USD, MAX_LIMIT_USD, sumUsd } from './price';

const DAY_MS = 24 * 60 * 60_000;
/** 10,000 tasks, more than the largest plan of PiAPI makes in a day, and the page that tells the end. */
const MAX_PAGES = 101;
/** PiAPI's task list shows a task by then, so that what it does not show does not exist. */
const SETTLE_MS = 10 * 60_000;
/** So long a read without room is believed: not creating is always safe. */
const FRESH_MS = 10_000;
/** Kinds of tasks whose price is remembered. */
const MAX_KINDS = 100;

/** A task, and when it was created on PiAPI's clock. */
interface PaidTask {
	costUsd: number;
	createdAt: number;
}

/** A create that nobody has confirmed. */
interface PendingCreate {
	costUsd: number;
	/** On the clock of this n8n; Infinity while its run goes on. */
	countsUntil: number;
}

/**
 * What an account's Luma tasks of the last 24 hours cost: what PiAPI's task list shows, and what the
 * executions of this process have created and are creating. Each task counts once, by its id.
 */
export class AccountSpending implements SpendingBook {
	private readonly tasks = new Map<string, PaidTask>();

	private readonly pending = new Map<string, PendingCreate>();

	/** US dollars that PiAPI took for the latest task of each kind. */
	private readonly prices = new LruMap<number>(MAX_KINDS);

	/** How far the clock of this n8n is ahead of PiAPI's. */
	private clockSkewMs = 0;

	private readAt = -Infinity;

	private reading: Promise<void> | undefined;

	constructor(private readonly clock: Pick<Clock, 'now'>) {}

	/** PiAPI's time; milliseconds since 1970. */
	get now(): number {
		return this.clock.now() - this.clockSkewMs;
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
		const counted = this.counted().sort((one, other) => one.createdAt - other.createdAt);
		let leftUsd = this.spentUsd;
		for (const { costUsd, createdAt } of counted) {
			leftUsd = sumUsd([leftUsd, -costUsd]);
			if (leftUsd <= usd) return createdAt + DAY_MS;
		}
		return undefined;
	}

	/**
	 * Reads the account's task list. Executions that start at once share one read.
	 *
	 * @throws PiapiError when the list cannot be read
	 */
	async refresh(piapi: Pick<PiapiClient, 'tasks' | 'now'>): Promise<void> {
		// The read of another execution ends without result when that one is stopped.
		if (this.reading && (await succeeds(this.reading))) return;
		this.reading ??= this.read(piapi).finally(() => (this.reading = undefined));
		await this.reading;
	}

	reserve(id: string, costUsd: number): void {
		this.pending.set(id, { costUsd, countsUntil: Infinity });
	}

	/** A task that an earlier process created is left to the task list. */
	confirm(id: string, { taskId, costUsd, kind, isPriced }: BookedTask): void {
		const isOwn = this.pending.delete(id) || this.tasks.has(taskId);
		if (!isOwn) return;
		this.addTask(taskId, { costUsd, createdAt: this.now });
		if (isPriced) this.prices.set(kind, costUsd);
	}

	release(id: string, taskId?: string): void {
		this.pending.delete(id);
		if (taskId !== undefined) this.tasks.delete(taskId);
	}

	settle(id: string): void {
		const create = this.pending.get(id);
		if (create) create.countsUntil = this.clock.now() + SETTLE_MS;
	}

	priceUsd(kind: string): number | undefined {
		return this.prices.get(kind);
	}

	private async read(piapi: Pick<PiapiClient, 'tasks' | 'now'>): Promise<void> {
		const rows: TaskRow[] = [];
		const query: TaskQuery = {
			since: (now) => now - DAY_MS,
			maxPages: MAX_PAGES,
			// It may be a video that was paid.
			onUnreadable: () => {
				throw new PiapiError('unreadable');
			},
		};
		for await (const row of piapi.tasks(query)) rows.push(row);
		this.clockSkewMs = this.clock.now() - piapi.now();
		this.readAt = this.clock.now();
		for (const row of rows) {
			const { taskId, createdAt } = row;
			this.addTask(taskId, { costUsd: this.costOf(row), createdAt: createdAt ?? this.now });
		}
	}

	/** A task of which the list shows no believable price counts at the price that is known, else at the dearest. */
	private costOf(row: TaskRow): number {
		const { taskId, serviceMode, costUsd } = row;
		// Luma is paid with an account of the user's own.
		const isFree = serviceMode === 'private' && costUsd === 0;
		if (isUncharged(row) || isFree) return 0;
		return believedUsd(costUsd) ?? this.tasks.get(taskId)?.costUsd ?? DEAREST_USD;
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

async function succeeds(work: Promise<void>): Promise<boolean> {
	return await work.then(
		() => true,
		() => false,
	);
}

/** The limit of a credential, and what its account has spent. */
export interface DailySetting {
	/** US dollars in 24 hours. */
	limitUsd: number;
	/** Shared by all executions of this process. */
	spending: AccountSpending;
}

/**
 * The daily limit of the node's credential; undefined when it has none.
 *
 * @throws NodeOperationError when the limit is not an amount
 */
export async function dailyLimitOf(context: IExecuteFunctions): Promise<DailySetting | undefined> {
	const { apiKey, baseUrl, dailyLimitUsd } = await credentialOf(context);
	const limitUsd = amountOf(dailyLimitUsd);
	if (limitUsd === undefined) {
		throw new NodeOperationError(
			context.getNode(),
			`'Daily Spending Limit (USD)' in the PiAPI credential cannot be “${shortened(dailyLimitUsd)}”`,
			{
				description: `Enter an amount in US dollars such as 5 or 2.50, up to ${MAX_LIMIT_USD}, or 0 for no limit. Nothing was sent to PiAPI.`,
				level: 'warning',
			},
		);
	}
	if (limitUsd === 0) return undefined;
	const account = createHash('sha256').update(`${apiKey}\n${baseUrl}`).digest('hex');
	const accounts = processMemory<AccountSpending>('accountSpending');
	const spending = accounts.getOrCreate(account, () => new AccountSpending(systemClock));
	return { limitUsd, spending };
}
