import type { CreateTaskBody } from '../piapi/client';
import { numberOf } from '../piapi/json';

const USD_PER_SECOND = 0.04;
const USUAL_SECONDS = 5;

/**
 * What a task costs by PiAPI's list, in US dollars: $0.20 for 5 s, $0.40 for 10 s. The task's own
 * `meta.usage` is the truth as soon as there is one.
 */
export function listPriceUsd({ input }: CreateTaskBody): number {
	const seconds = numberOf(input.duration) ?? USUAL_SECONDS;
	return sumUsd([seconds * USD_PER_SECOND]);
}

/** Adds up US dollars without the dust of binary fractions; exact to a hundredth of a cent. */
export function sumUsd(amounts: number[]): number {
	return Math.round(amounts.reduce((sum, amount) => sum + amount, 0) * 10_000) / 10_000;
}
