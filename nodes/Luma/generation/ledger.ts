import { createHash } from 'node:crypto';
import type { IExecuteFunctions } from 'n8n-workflow';

import type { Order } from './order';
import type { GenerationRequest } from './request';

/** What an item has cost, or may have cost, in this execution. Plain JSON: n8n stores it. */
export type LedgerEntry = { costUsd: number; handedOn?: boolean } & (
	| { taskId: string }
	| { order: Order }
);

/** Rounds of the node that are under way in this process, by what n8n keeps for their execution. */
const UNDER_WAY = new WeakMap<object, Set<string>>();

/**
 * The tasks that were paid in this execution. n8n keeps it from one try of Retry On Fail to the next,
 * and when a person retries a failed execution, so that no try pays twice.
 */
export class Ledger {
	private readonly round: string;

	private readonly underWay: Set<string>;

	/** @param runIndex which round of a loop the node is in; a retry has the same one, but not as a tool */
	constructor(
		private readonly entries: Record<string, LedgerEntry> = {},
		runIndex = 0,
	) {
		this.round = String(runIndex);
		this.underWay = UNDER_WAY.get(entries) ?? new Set();
		UNDER_WAY.set(entries, this.underWay.add(this.round));
	}

	find(request: GenerationRequest): LedgerEntry | undefined {
		const key = this.keyOf(request);
		const found = this.entries[key] ?? this.takeLeftBehind(key);
		if (found) this.entries[key] = found;
		return found;
	}

	/** Ends this round. What it handed on is no longer anybody else's to pick up. */
	close({ handedOn }: { handedOn: boolean }): void {
		this.underWay.delete(this.round);
		for (const [key, entry] of Object.entries(this.entries)) {
			if (handedOn && roundOf(key) === this.round) entry.handedOn = true;
		}
	}

	/** For an agent's tool every try is a round of its own: what no round handed on is still to be had. */
	private takeLeftBehind(key: string): LedgerEntry | undefined {
		const rest = key.slice(this.round.length);
		const leftBehind = Object.keys(this.entries).find(
			(other) =>
				other.slice(roundOf(other).length) === rest &&
				!this.entries[other].handedOn &&
				!this.underWay.has(roundOf(other)),
		);
		if (leftBehind === undefined) return undefined;
		const entry = this.entries[leftBehind];
		delete this.entries[leftBehind];
		return entry;
	}

	write(request: GenerationRequest, entry: LedgerEntry): void {
		this.entries[this.keyOf(request)] = entry;
	}

	/** Takes out what turned out to cost nothing, so that a retry orders anew. Its task stays known. */
	strike(request: GenerationRequest): void {
		const key = this.keyOf(request);
		const entry = this.entries[key];
		delete this.entries[key];
		if (entry && 'taskId' in entry) {
			this.entries[`struck:${entry.taskId}`] = { ...entry, costUsd: 0, handedOn: true };
		}
	}

	/** Every task that this execution made, in all rounds. */
	get taskIds(): string[] {
		return Object.values(this.entries).flatMap((entry) => ('taskId' in entry ? entry.taskId : []));
	}

	get costsUsd(): number[] {
		return Object.values(this.entries).map(({ costUsd }) => costUsd);
	}

	private keyOf({ itemIndex, source }: GenerationRequest): string {
		const hash = createHash('sha256').update(identityOf(source));
		return `${this.round}:${itemIndex}:${hash.digest('hex')}`;
	}
}

function roundOf(key: string): string {
	return key.slice(0, key.indexOf(':'));
}

/** Callback addresses are left out: they hold the number of the execution, which a retry changes. */
function identityOf(source: GenerationRequest['source']): string {
	if ('taskId' in source) return source.taskId;
	const { config = {}, ...body } = source.create;
	const settings = Object.entries(config).filter(([name]) => name !== 'webhook_config');
	return JSON.stringify([body, settings]);
}

const NAME = 'lumaTasks';

/** The ledger of this node in this execution. */
export function ledgerOf(context: IExecuteFunctions): Ledger {
	const memory = context.getContext('node') as Record<string, Record<string, LedgerEntry>>;
	memory[NAME] ??= {};
	return new Ledger(memory[NAME], Number(context.getWorkflowDataProxy(0).$runIndex) || 0);
}
