import { LruMap } from '../../runtime/lruMap';

/** Kinds of tasks that are remembered. */
const MAX_KINDS = 100;

/** What PiAPI took for a task of a kind, as far as it has said. */
type Price = { type: 'told'; usd: number } | { type: 'untold' };

/**
 * The prices of an account, shared by all executions of this process. Until one task of a kind has been
 * created, one execution at a time creates such tasks: the price that PiAPI then takes counts for the others.
 */
export class KnownPrices {
	private readonly prices = new LruMap<Price>(MAX_KINDS);

	/** Kinds of which an execution is creating the first task; settles when it has. */
	private readonly claims = new Map<string, Promise<void>>();

	/** US dollars; undefined while PiAPI has not said. */
	usdOf(kind: string): number | undefined {
		const price = this.prices.get(kind);
		return price?.type === 'told' ? price.usd : undefined;
	}

	/** A task of the kind was created. */
	note(kind: string, usd: number | undefined): void {
		if (usd !== undefined) this.prices.set(kind, { type: 'told', usd });
		else if (!this.prices.get(kind)) this.prices.set(kind, { type: 'untold' });
	}

	/**
	 * Waits until each kind is known, or it is the caller's turn to create the first task of it.
	 *
	 * @returns ends the turn
	 */
	async claim(kinds: string[]): Promise<() => void> {
		const releases: Array<() => void> = [];
		// Everybody claims in the same order, so that no two wait for each other.
		for (const kind of [...new Set(kinds)].sort()) releases.push(await this.claimOne(kind));
		return () => releases.forEach((release) => release());
	}

	private async claimOne(kind: string): Promise<() => void> {
		while (!this.prices.get(kind)) {
			const other = this.claims.get(kind);
			if (!other) return this.hold(kind);
			await other;
		}
		return () => undefined;
	}

	private hold(kind: string): () => void {
		let settle: () => void = () => undefined;
		this.claims.set(kind, new Promise((resolve) => (settle = resolve)));
		return () => {
			this.claims.delete(kind);
			settle();
		};
	}
}
