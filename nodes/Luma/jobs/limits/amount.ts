import { numberOf } from '../../piapi/json';

/** The largest limit; no account of PiAPI comes near. */
export const MAX_LIMIT_USD = 100_000;

/** Whether the amount has no more decimals than cents; expressions bring 0.30000000000000004, too. */
export function isInCents(usd: number): boolean {
	return Math.abs(usd * 100 - Math.round(usd * 100)) < 1e-6;
}

/** An amount in US dollars, from 0 and in whole cents; undefined when the value is none. */
export function amountOf(value: unknown): number | undefined {
	const usd = numberOf(value);
	if (usd === null || usd < 0 || usd > MAX_LIMIT_USD || !isInCents(usd)) return undefined;
	return Math.round(usd * 100) / 100;
}
