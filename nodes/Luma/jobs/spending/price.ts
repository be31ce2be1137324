import type { CreateTaskBody } from '../../piapi/client';
import { numberOf, recordOf } from '../../piapi/json';

const USD_PER_SECOND = 0.04;
const DEFAULT_SECONDS = 5;
/** The models in PiAPI's price list. */
const LISTED_MODELS: readonly unknown[] = [undefined, 'ray-v1', 'ray-v2'];

/** The list price of the dearest video in US dollars: what a task of unknown price counts for. */
export const DEAREST_USD = 0.4;

/**
 * What a task costs by PiAPI's list, in US dollars: $0.20 for 5 s, $0.40 for 10 s. A model that is not in
 * the list costs at least as much as the dearest video. The price that PiAPI tells is the truth.
 */
export function listPriceUsd({ input }: CreateTaskBody): number {
	const seconds = numberOf(input.duration) ?? DEFAULT_SECONDS;
	const listUsd = sumUsd([seconds * USD_PER_SECOND]);
	return LISTED_MODELS.includes(input.model) ? listUsd : Math.max(listUsd, DEAREST_USD);
}

/** What two videos of the same price can differ in. */
const FREE_FIELDS = ['prompt', 'seed', 'start_image', 'end_image', 'key_frames'];

/** All that the price of a task can depend on: fields that the user adds, too. */
export function kindOf({ task_type: taskType, input, config }: CreateTaskBody): string {
	const priced = Object.keys(input)
		.filter((name) => input[name] !== undefined && !FREE_FIELDS.includes(name))
		.sort()
		.map((name) => [name, input[name]]);
	return JSON.stringify([taskType, recordOf(config).service_mode, priced]);
}

/** Adds up US dollars without floating-point error; exact to a hundredth of a cent. */
export function sumUsd(amounts: number[]): number {
	return Math.round(amounts.reduce((sum, amount) => sum + amount, 0) * 10_000) / 10_000;
}

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
