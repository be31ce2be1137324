import type { PiapiError } from '../../piapi/errors';

/** What a limit is asked to let through: one video, or all that a run has left up to the one in question. */
export interface Asked {
	type: 'video' | 'run';
	/** What it costs in US dollars. */
	usd: number;
}

/** One limit of what may be spent. */
export interface SpendingLimit {
	/**
	 * Reads what has to be known before something is created; free.
	 *
	 * @param leastUsd US dollars of the cheapest video that is asked for
	 * @returns why it cannot be known: nothing may be created then
	 */
	prepare(leastUsd: number): Promise<PiapiError | undefined>;

	/**
	 * Waits for its turn to create the first tasks of these kinds, where other executions share the limit.
	 *
	 * @param kinds keys of their prices
	 * @returns ends the turn
	 */
	claimFirst?(kinds: string[]): Promise<() => void>;

	/** Whether so many US dollars more can be spent. */
	allows(usd: number): boolean;

	/** Why what is asked for is not created, and what to do. */
	refusal(asked: Asked): PiapiError;
}
