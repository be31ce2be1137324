import { createHash, randomBytes } from 'node:crypto';
import type { IExecuteFunctions } from 'n8n-workflow';

import type { CreateTaskBody } from '../../piapi/client';
import { isRecord, type JsonRecord } from '../../piapi/json';
import { isUncharged, type Task } from '../../piapi/task';
import { createsUnderWay } from '../../runtime/memory';
import { attemptOf, taskOf, type CreateAttempt, type Job } from '../job';
import { isAgentTool } from '../output';
import type { JobRequest, JobSource } from '../request';
import { believedUsd, expectedPriceUsd, kindOf } from './price';

/** What an item has cost, or may have cost. Plain JSON: n8n stores it. */
export type LedgerEntry = {
	/** Names it in a spending book. */
	id: string;
	/** All that the price is known to depend on. */
	kind: string;
	/** US dollars: PiAPI's price where `isPriced`, else the list price. */
	costUsd: number;
	isPriced: boolean;
	/** The execution in which PiAPI did not know its task any more: the next one makes a new task. */
	goneIn?: string;
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
	/** US dollars that PiAPI took for the latest task of each kind. */
	private readonly prices = new Map<string, number>();

	private readonly keys = new Map<JobRequest, string>();

	/** What is about to be created for this execution, here and in other calls of an agent. */
	private readonly underWay: Map<string, Promise<void>>;

	/** Ends what this run has under way, by key. */
	private readonly settle = new Map<string, () => void>();

	/**
	 * @param runIndex which run of the node in a loop; null for an agent's tool, where each call is a run
	 * @param spending is told of all that is booked here
	 */
	constructor(
		private readonly entries: LedgerEntries = {},
		private readonly runIndex: number | null = 0,
		private readonly spending?: SpendingBook,
		private readonly executionId = '',
	) {
		this.underWay = createsUnderWay.get(entries) ?? new Map();
		createsUnderWay.set(entries, this.underWay);
		for (const { isPriced, kind, costUsd } of Object.values(entries)) {
			if (isPriced) this.prices.set(kind, costUsd);
		}
	}

	/**
	 * What an earlier try has created for this request. Where another call of an agent is creating the same
	 * right now, that is waited for; where there is nothing, others wait for this one.
	 */
	async restore(request: JobRequest): Promise<LedgerEntry | undefined> {
		const key = this.keyOf(request);
		while (this.underWay.has(key)) await this.underWay.get(key);
		const { goneIn = this.executionId } = this.entries[key] ?? {};
		if (goneIn !== this.executionId) delete this.entries[key];
		const entry = this.entries[key];
		if (!entry) {
			this.underWay.set(key, new Promise((resolve) => this.settle.set(key, resolve)));
		}
		return entry;
	}

	/** Notes what a job has cost, or may have cost: that follows from its state. */
	book(job: Job): void {
		const { request, state } = job;
		if (request.source.type === 'existing') return;
		if (state.status !== 'new' && state.status !== 'creating') this.settled(this.keyOf(request));
		const { taskId, task } = taskOf(state);
		const attempt = attemptOf(job);
		const costsNothing = state.status === 'cancelled' || (task && isUncharged(task));
		if (costsNothing) this.remove(request);
		else if (attempt) this.write(request, { attempt });
		else if (taskId !== undefined) this.writeTask(request, taskId, task);
		else this.remove(request);
		const entry = this.entries[this.keyOf(request)];
		const isGone = job.in('failed')?.error.code === 'taskGone';
		if (entry) entry.goneIn = isGone ? this.executionId : undefined;
	}

	/** Ends this run. */
	close(): void {
		for (const key of this.keys.values()) {
			this.settled(key);
			const entry = this.entries[key];
			if (entry && 'attempt' in entry) this.spending?.settle(entry.id);
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

	private settled(key: string): void {
		const settle = this.settle.get(key);
		if (settle) this.underWay.delete(key);
		this.settle.delete(key);
		settle?.();
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
		// Node.js holds a UUID as a chain of twenty texts.
		const id = this.entries[key]?.id ?? randomBytes(16).toString('hex');
		const kind = kindOfSource(request.source);
		this.entries[key] = { id, kind, ...price, ...subject };
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
		const key = keyAt(this.runIndex, request);
		this.keys.set(request, key);
		return key;
	}
}

function kindOfSource(source: JobSource): string {
	return source.type === 'create' ? kindOf(source.body) : '';
}

/**
 * The place of a video in the node, and what it asks for: besides prompt and seed, which can hold the time or
 * a random number, and besides webhooks, whose address holds the number of the execution. The first of several
 * videos is what a retry for one restores too. The calls of an agent have no place: who asks for the same, in
 * as many videos, gets the same.
 */
function keyAt(runIndex: number | null, { itemIndex, take, source }: JobRequest): string {
	const place = runIndex ?? `call of ${take?.of ?? 1}`;
	const leftOut = ['webhook_config', ...(runIndex === null ? [] : ['prompt', 'seed'])];
	const asked = JSON.stringify(source, (name, value: unknown) => {
		if (leftOut.includes(name)) return undefined;
		// A model can write the same fields in another order.
		return isRecord(value) ? sorted(value) : value;
	});
	const hash = createHash('sha256').update(asked).digest('hex');
	return [place, itemIndex, take?.number ?? 1, hash].join(':');
}

function sorted(fields: JsonRecord): JsonRecord {
	return Object.fromEntries(
		Object.entries(fields).sort(([one], [other]) => (one < other ? -1 : 1)),
	);
}

const CONTEXT_KEY = 'lumaJobs';

/** The ledger of this node in this execution. */
export function ledgerOf(context: IExecuteFunctions, spending?: SpendingBook): Ledger {
	const memory = context.getContext('node') as Record<string, LedgerEntries>;
	memory[CONTEXT_KEY] ??= {};
	const isCall = isAgentTool(context.getNode());
	const runIndex = isCall ? null : Number(context.getWorkflowDataProxy(0).$runIndex) || 0;
	return new Ledger(memory[CONTEXT_KEY], runIndex, spending, context.getExecutionId());
}
