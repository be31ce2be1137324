import { createHash } from 'node:crypto';

import type { CreateTaskBody } from '../../piapi/client';
import { numberOf, recordOf } from '../../piapi/json';

const USD_PER_SECOND = 0.04;
const DEFAULT_SECONDS = 5;
/** The models in PiAPI's price list. */
const LISTED_MODELS: readonly unknown[] = [undefined, 'ray-v1', 'ray-v2'];
/** The list price of 5 s, in US dollars: whatever a request says, no video is expected to cost less. */
const CHEAPEST_USD = 0.2;
/** The list price of the dearest video: what a task of unknown price counts for. */
export const DEAREST_USD = 0.4;

/**
 * What a task costs by PiAPI's list, in US dollars: $0.20 for 5 s, $0.40 for 10 s. A model that is not in
 * the list costs at least as much as the dearest video. The price that PiAPI tells is the truth.
 */
export function listPriceUsd({ input: { model, duration = DEFAULT_SECONDS } }: CreateTaskBody) {
	const seconds = numberOf(duration);
	const leastUsd = LISTED_MODELS.includes(model) && seconds !== null ? CHEAPEST_USD : DEAREST_USD;
	return Math.max(leastUsd, sumUsd([(seconds ?? 0) * USD_PER_SECOND]));
}

/** What a task is expected to cost, when PiAPI has told that price for an earlier one of its kind. */
export function expectedPriceUsd(body: CreateTaskBody, toldUsd: number | undefined): number {
	return Math.max(CHEAPEST_USD, toldUsd ?? listPriceUsd(body));
}

/** More than any video costs. */
const MAX_PRICE_USD = 100;

/** A price that PiAPI tells; undefined when it cannot be one, as nothing, less than a cent or another unit. */
export function believedUsd(told: number | null | undefined): number | undefined {
	return told && told >= 0.01 && told <= MAX_PRICE_USD ? told : undefined;
}

const kinds = new WeakMap<CreateTaskBody, string>();

/** All that the price of a task can depend on: the whole request besides prompt, seed and which images. */
export function kindOf(body: CreateTaskBody): string {
	const known = kinds.get(body);
	if (known !== undefined) return known;
	const { start_image, end_image, key_frames, ...input } = body.input;
	const images = [start_image, end_image, ...Object.values(recordOf(key_frames))].filter(Boolean);
	const settings = { ...input, prompt: undefined, seed: undefined, images: images.length };
	const sorted = Object.entries(settings).sort(([one], [other]) => (one < other ? -1 : 1));
	const { service_mode } = recordOf(body.config);
	const all = JSON.stringify([body.task_type, Object.fromEntries(sorted), service_mode]);
	// It is stored with each task, and Additional Input can be long.
	const kind = createHash('sha256').update(all).digest('base64url');
	kinds.set(body, kind);
	return kind;
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
