import { createHash, randomUUID } from 'node:crypto';
import type { IExecuteFunctions } from 'n8n-workflow';

import type { CreateTaskBody } from '../../piapi/client';
import { isUncharged, type Task } from '../../piapi/task';
import { activeRuns } from '../../runtime/memory';
import { attemptOf, taskOf, type CreateAttempt, type Job } from '../job';
import type { JobRequest, JobSource } from '../request';
import { believedUsd, expectedPriceUsd, kindOf } from './price';

/** What an item has cost, or may have cost. Plain JSON: n8n stores it. */
export type LedgerEntry = {
	/** Names it in a spending book. */
	id: string;
	/** The execution whose try wrote or restored it last. */
	executionId: string;
	/** All that the price is known to depend on. */
	kind: string;
	/** US dollars: PiAPI's price where `isPriced`, else the list price. */
	costUsd: number;
	isPriced: boolean;
	/** Whether its output went to the next node. */
	delivered?: boolean;
} & Subject;

type Subject = { taskId: string } | { attempt: CreateAttempt };

export type LedgerEntries = Record<string, LedgerEntry>;

/** Counts what several executions spend. Amounts are US dollars. */
export interface SpendingBook {
	/** Creates that are planned, under way or not confirmed. */
	reserve(id: string, costUsd: number): void;
	/** It made this task. */
	confirm(id: string, task: BookedTask): void;
	/** It made none, or one that costs nothing. */
	release(id: string, taskId?: string): void;
	/** Its run is over, and it was not confirmed. */
	settle(id: string): void;
	/** What PiAPI took for the latest task of that kind in any execution; undefined while that is not known. */
	priceUsd(kind: string): number | undefined;
}

/** A task in a spending book; the fields are those of its `LedgerEntry`. */
export interface BookedTask {
	taskId: string;
	kind: string;
	costUsd: number;
	isPriced: boolean;
}

/**
 * The tasks that were paid in this execution. n8n keeps it from one try of Retry On Fail to the next,
 * and when a person retries a failed execution, so that no try pays twice.
 */
export class Ledger {
	private readonly run: string;

	private readonly activeRuns: Set<string>;

	/** US dollars that PiAPI took for the latest task of each kind. */
	private readonly prices = new Map<string, number>();

	private readonly keys = new Map<JobRequest, string>();

	/**
	 * @param runIndex which run of the node in a loop; a retry has the same one, but not as a tool
	 * @param spending is told of all that is booked here
	 */
	constructor(
		private readonly entries: LedgerEntries = {},
		private readonly executionId = '',
		runIndex = 0,
		private readonly spending?: SpendingBook,
	) {
		this.run = String(runIndex);
		this.activeRuns = activeRuns.get(entries) ?? new Set();
		activeRuns.set(entries, this.activeRuns.add(this.run));
		for (const { isPriced, kind, costUsd } of Object.values(entries)) {
			if (isPriced) this.prices.set(kind, costUsd);
		}
	}

	/**
	 * What earlier tries have created for these items. Within one execution the item, and which of its
	 * videos it is, decide: a prompt with `$now` differs at each try. A person's retry compares the request.
	 */
	restore(requests: JobRequest[]): Array<LedgerEntry | undefined> {
		const ofThisRun = new Map<string, string>();
		const undelivered = new Map<string, string>();
		for (const [key, { executionId, delivered }] of Object.entries(this.entries)) {
			const [run, place, hash] = key.split(':');
			if (run === this.run && executionId === this.executionId) ofThisRun.set(place, key);
			// For an agent's tool every try is a run of its own: it restores what no run delivered.
			if (!delivered && !this.activeRuns.has(run)) undelivered.set(`${place}:${hash}`, key);
		}
		return requests.map((request) => {
			const key = this.keyOf(request);
			const [, place, hash] = key.split(':');
			const known = [key, ofThisRun.get(place), undelivered.get(`${place}:${hash}`)];
			const found = known.find((other) => other !== undefined && other in this.entries);
			return found === undefined ? undefined : this.rename(found, key);
		});
	}

	/** Notes what a job has cost, or may have cost: that follows from its state. */
	book(job: Job): void {
		const { request, state } = job;
		if (request.source.type === 'existing') return;
		const { taskId, task } = taskOf(state);
		const attempt = attemptOf(job);
		const costsNothing = state.status === 'cancelled' || (task && isUncharged(task));
		if (costsNothing) this.remove(request);
		else if (attempt) this.write(request, { attempt });
		else if (taskId !== undefined) this.writeTask(request, taskId, task);
		else this.remove(request);
	}

	/** Ends this run. No other run restores what it delivered. */
	close({ isDelivered }: { isDelivered: boolean }): void {
		this.activeRuns.delete(this.run);
		for (const [key, entry] of Object.entries(this.entries)) {
			if (!key.startsWith(`${this.run}:`)) continue;
			if ('attempt' in entry) this.spending?.settle(entry.id);
			if (isDelivered) entry.delivered = true;
		}
	}

	/** US dollars of all tasks and unconfirmed creates, in all runs of the node in this execution. */
	get costsUsd(): number[] {
		return Object.values(this.entries).map(({ costUsd }) => costUsd);
	}

	/** Whether PiAPI has told what a task of that kind costs. */
	knowsPriceOf(body: CreateTaskBody): boolean {
		return this.toldPriceUsd(body) !== undefined;
	}

	/** What the task will cost: what PiAPI took for the latest one of its kind, else the list price. */
	priceUsd(body: CreateTaskBody): number {
		return expectedPriceUsd(body, this.toldPriceUsd(body));
	}

	private toldPriceUsd(body: CreateTaskBody): number | undefined {
		const kind = kindOf(body);
		return this.prices.get(kind) ?? this.spending?.priceUsd(kind);
	}

	private rename(oldKey: string, key: string): LedgerEntry {
		const entry = { ...this.entries[oldKey], executionId: this.executionId };
		delete this.entries[oldKey];
		this.entries[key] = entry;
		return entry;
	}

	/** PiAPI's price counts, and a later one more than an earlier one; until there is one, the expected price. */
	private writeTask(request: JobRequest, taskId: string, task: Task | undefined): void {
		const told = believedUsd(task?.costUsd);
		const known = this.entries[this.keyOf(request)];
		const costUsd = told ?? known?.costUsd ?? this.expectedPriceUsd(request);
		const isPriced = told !== undefined || (known?.isPriced ?? false);
		if (known && 'taskId' in known && known.costUsd === costUsd && known.isPriced === isPriced) {
			return;
		}
		this.write(request, { taskId }, { costUsd, isPriced });
		if (told !== undefined) this.prices.set(kindOfSource(request.source), told);
	}

	private write(
		request: JobRequest,
		subject: Subject,
		price: Pick<LedgerEntry, 'costUsd' | 'isPriced'> = {
			costUsd: this.entries[this.keyOf(request)]?.costUsd ?? this.expectedPriceUsd(request),
			isPriced: false,
		},
	): void {
		const key = this.keyOf(request);
		const id = this.entries[key]?.id ?? randomUUID();
		const kind = kindOfSource(request.source);
		this.entries[key] = { id, executionId: this.executionId, kind, ...price, ...subject };
		if ('taskId' in subject) this.spending?.confirm(id, { ...subject, kind, ...price });
		else this.spending?.reserve(id, price.costUsd);
	}

	/** What costs nothing after all: a retry creates a new task. */
	private remove(request: JobRequest): void {
		const key = this.keyOf(request);
		const entry = this.entries[key];
		if (!entry) return;
		this.spending?.release(entry.id, 'taskId' in entry ? entry.taskId : undefined);
		delete this.entries[key];
	}

	private expectedPriceUsd({ source }: JobRequest): number {
		return source.type === 'create' ? this.priceUsd(source.body) : 0;
	}

	private keyOf(request: JobRequest): string {
		const known = this.keys.get(request);
		if (known !== undefined) return known;
		const hash = createHash('sha256').update(identityOf(request.source)).digest('hex');
		const key = `${this.run}:${placeOf(request)}:${hash}`;
		this.keys.set(request, key);
		return key;
	}
}

function kindOfSource(source: JobSource): string {
	return source.type === 'create' ? kindOf(source.body) : '';
}

/** The item, and which of its videos. The first one is what a retry for a single video restores too. */
function placeOf({ itemIndex, take }: JobRequest): string {
	const isFirst = take === undefined || take.number === 1;
	return isFirst ? String(itemIndex) : `${itemIndex}.${take.number}`;
}

/** Webhook addresses are left out: they hold the number of the execution, which a retry changes. */
function identityOf(source: JobSource): string {
	if (source.type === 'existing') return source.taskId;
	const { config = {}, ...body } = source.body;
	const settings = Object.entries(config).filter(([name]) => name !== 'webhook_config');
	return JSON.stringify([body, settings]);
}

const CONTEXT_KEY = 'lumaJobs';

/** The ledger of this node in this execution. */
export function ledgerOf(context: IExecuteFunctions, spending?: SpendingBook): Ledger {
	const memory = context.getContext('node') as Record<string, LedgerEntries>;
	memory[CONTEXT_KEY] ??= {};
	const runIndex = Number(context.getWorkflowDataProxy(0).$runIndex) || 0;
	return new Ledger(memory[CONTEXT_KEY], context.getExecutionId(), runIndex, spending);
}
