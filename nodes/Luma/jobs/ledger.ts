import { createHash, randomUUID } from 'node:crypto';
import type { IExecuteFunctions } from 'n8n-workflow';

import type { CreateAttempt } from './createAttempt';
import { listPriceUsd, priceKeyOf } from './price';
import type { JobRequest, JobSource } from './request';

/** What an item has cost, or may have cost. Plain JSON: n8n stores it. */
export type LedgerEntry = {
	/** Names it in a spending book; absent in what version 0.1 stored. */
	id?: string;
	/** The execution whose try wrote or restored it last. */
	executionId: string;
	/** All that the price is known to depend on. */
	priceKey: string;
	/** US dollars: PiAPI's price where `isPriced`, else the list price. */
	costUsd: number;
	isPriced: boolean;
	/** Whether its output went to the next node. */
	delivered?: boolean;
} & ({ taskId: string } | { attempt: CreateAttempt });

export type LedgerEntries = Record<string, LedgerEntry>;

/** Counts what several executions spend. Amounts are US dollars. */
export interface SpendingBook {
	/** A create that is planned, under way or not confirmed. */
	reserve(id: string, costUsd: number): void;
	/** It made this task. */
	confirm(id: string, task: BookedTask): void;
	/** It made none, or one that costs nothing. */
	release(id: string, taskId?: string): void;
	/** Its run is over, and it was not confirmed. */
	settle(id: string): void;
	/** What PiAPI took for the latest task of that kind in any execution; undefined while that is not known. */
	priceUsd(priceKey: string): number | undefined;
}

/** A task in a spending book; the fields are those of its `LedgerEntry`. */
export interface BookedTask {
	taskId: string;
	priceKey: string;
	costUsd: number;
	isPriced: boolean;
}

/** Runs of the node that are under way in this process, by what n8n keeps for their execution. */
const ACTIVE_RUNS = new WeakMap<object, Set<string>>();

/**
 * The tasks that were paid in this execution. n8n keeps it from one try of Retry On Fail to the next,
 * and when a person retries a failed execution, so that no try pays twice.
 */
export class Ledger {
	private readonly run: string;

	private readonly activeRuns: Set<string>;

	/** US dollars that PiAPI took for the latest task of each kind. */
	private readonly prices = new Map<string, number>();

	/** What is planned, with the name of each in the book. */
	private readonly planned = new Map<JobRequest, string>();

	/**
	 * @param runIndex which run of the node in a loop; a retry has the same one, but not as a tool
	 * @param book is told of all that is booked here
	 */
	constructor(
		private readonly entries: LedgerEntries = {},
		private readonly executionId = '',
		runIndex = 0,
		private readonly book?: SpendingBook,
	) {
		this.run = String(runIndex);
		this.activeRuns = ACTIVE_RUNS.get(entries) ?? new Set();
		ACTIVE_RUNS.set(entries, this.activeRuns.add(this.run));
		for (const { isPriced, priceKey, costUsd } of Object.values(entries)) {
			if (isPriced) this.prices.set(priceKey, costUsd);
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

	private rename(oldKey: string, key: string): LedgerEntry {
		const entry = { ...this.entries[oldKey], executionId: this.executionId };
		delete this.entries[oldKey];
		this.entries[key] = entry;
		return entry;
	}

	/** Counts a create that is planned, until its attempt is added or it is released. */
	plan(request: JobRequest): void {
		if (!this.book) return;
		const id = this.planned.get(request) ?? randomUUID();
		this.planned.set(request, id);
		this.book.reserve(id, this.expectedPriceUsd(request));
	}

	/** The create is not planned any more. */
	unplan(request: JobRequest): void {
		const id = this.planned.get(request);
		if (id === undefined) return;
		this.planned.delete(request);
		this.book?.release(id);
	}

	/** Notes a create before it is sent, at the price it is expected to have. */
	addAttempt(request: JobRequest, attempt: CreateAttempt): void {
		const costUsd = this.entries[this.keyOf(request)]?.costUsd ?? this.expectedPriceUsd(request);
		this.write(request, { costUsd, isPriced: false, attempt });
	}

	/** @param costUsd US dollars; nothing, or 0, when PiAPI does not say */
	addTask(request: JobRequest, taskId: string, costUsd: number | null): void {
		if (costUsd) {
			this.write(request, { costUsd, isPriced: true, taskId });
			this.prices.set(priceKeyOfSource(request.source), costUsd);
			return;
		}
		const { costUsd: expectedUsd, isPriced } = this.entries[this.keyOf(request)] ?? {
			costUsd: this.expectedPriceUsd(request),
			isPriced: false,
		};
		this.write(request, { costUsd: expectedUsd, isPriced, taskId });
	}

	/** The create of the item that is noted and not confirmed. */
	attemptOf(request: JobRequest): CreateAttempt | undefined {
		const entry = this.entries[this.keyOf(request)];
		return entry && 'attempt' in entry ? entry.attempt : undefined;
	}

	/** Removes what costs nothing after all, so that a retry creates a new task. */
	void(request: JobRequest): void {
		const key = this.keyOf(request);
		const entry = this.entries[key];
		if (entry?.id !== undefined) this.book?.release(entry.id, taskIdOf(entry));
		delete this.entries[key];
	}

	/** Ends this run. No other run restores what it delivered. */
	close({ delivered }: { delivered: boolean }): void {
		this.activeRuns.delete(this.run);
		for (const request of [...this.planned.keys()]) this.unplan(request);
		for (const [key, entry] of Object.entries(this.entries)) {
			if (runOf(key) !== this.run) continue;
			if (entry.id !== undefined && 'attempt' in entry) this.book?.settle(entry.id);
			if (delivered) entry.delivered = true;
		}
	}

	/** US dollars of all tasks and unconfirmed creates, in all runs of the node in this execution. */
	get costsUsd(): number[] {
		return Object.values(this.entries).map(({ costUsd }) => costUsd);
	}

	/** What PiAPI took for the latest task of that kind; undefined while that is not known. */
	actualPriceUsd(priceKey: string): number | undefined {
		return this.prices.get(priceKey) ?? this.book?.priceUsd(priceKey);
	}

	private expectedPriceUsd({ source }: JobRequest): number {
		if (source.type === 'existing') return 0;
		return this.actualPriceUsd(priceKeyOf(source.body)) ?? listPriceUsd(source.body);
	}

	private write(
		request: JobRequest,
		entry: { costUsd: number; isPriced: boolean } & (
			| { taskId: string }
			| { attempt: CreateAttempt }
		),
	): void {
		this.unplan(request);
		const key = this.keyOf(request);
		const id = this.entries[key]?.id ?? randomUUID();
		const priceKey = priceKeyOfSource(request.source);
		this.entries[key] = { id, executionId: this.executionId, priceKey, ...entry };
		if ('taskId' in entry) this.book?.confirm(id, { priceKey, ...entry });
		else this.book?.reserve(id, entry.costUsd);
	}

	private keyOf(request: JobRequest): string {
		const hash = createHash('sha256').update(identityOf(request.source)).digest('hex');
		return `${this.run}:${placeOf(request)}:${hash}`;
	}
}

function priceKeyOfSource(source: JobSource): string {
	return source.type === 'create' ? priceKeyOf(source.body) : '';
}

function taskIdOf(entry: LedgerEntry): string | undefined {
	return 'taskId' in entry ? entry.taskId : undefined;
}

/** The item, and which of its videos. The first one is what a retry for a single video restores too. */
function placeOf({ itemIndex, take }: JobRequest): string {
	const isFirst = take === undefined || take.number === 1;
	return isFirst ? String(itemIndex) : `${itemIndex}.${take.number}`;
}

function runOf(key: string): string {
	return key.slice(0, key.indexOf(':'));
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
export function ledgerOf(context: IExecuteFunctions, book?: SpendingBook): Ledger {
	const memory = context.getContext('node') as Record<string, LedgerEntries>;
	memory[CONTEXT_KEY] ??= {};
	const runIndex = Number(context.getWorkflowDataProxy(0).$runIndex) || 0;
	return new Ledger(memory[CONTEXT_KEY], context.getExecutionId(), runIndex, book);
}
