import { createHash } from 'node:crypto';
import type { IExecuteFunctions } from 'n8n-workflow';

import type { OrderedTask } from '../piapi/sameOrder';
import type { GenerationRequest } from './generation';

/** A create that was sent, and of which nobody knows yet whether it made a task. */
export interface Order {
	ordered: OrderedTask;
	/** When it was sent and when it was given up; milliseconds since 1970. */
	from: number;
	to: number;
	/** Whose clock the two were read from. */
	clock: 'n8n' | 'piapi';
}

/** When the order was on its way, in UTC. */
export function windowOf({ from, to }: Order): string {
	const [begin, end] = [from, to].map((at) => new Date(at).toISOString().slice(0, 19).split('T'));
	return `${begin[0]} ${begin[1]} and ${begin[0] === end[0] ? '' : `${end[0]} `}${end[1]} UTC`;
}

/** What an item has cost, or may have cost, in this execution. Plain JSON: n8n stores it. */
export type LedgerEntry = { costUsd: number } & ({ taskId: string } | { order: Order });

/**
 * The tasks that were paid in this execution. n8n keeps it from one try of Retry On Fail to the next,
 * and when a person retries a failed execution, so that no try pays twice.
 */
export class Ledger {
	/** @param runIndex which round of a loop the node is in; a retry has the same one */
	constructor(
		private readonly entries: Record<string, LedgerEntry> = {},
		private readonly runIndex = 0,
	) {}

	find(request: GenerationRequest): LedgerEntry | undefined {
		return this.entries[this.keyOf(request)];
	}

	write(request: GenerationRequest, entry: LedgerEntry): void {
		this.entries[this.keyOf(request)] = entry;
	}

	/** Takes out what turned out to cost nothing, so that a retry orders anew. */
	strike(request: GenerationRequest): void {
		delete this.entries[this.keyOf(request)];
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
		return `${this.runIndex}:${itemIndex}:${hash.digest('hex')}`;
	}
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
