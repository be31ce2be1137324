import type { CreateTaskBody } from '../piapi/client';
import { numberOf, recordOf } from '../piapi/json';

const USD_PER_SECOND = 0.04;
const DEFAULT_SECONDS = 5;

/**
 * What a task costs by PiAPI's list, in US dollars: $0.20 for 5 s, $0.40 for 10 s. The task's own
 * `meta.usage` is the truth as soon as there is one.
 */
export function listPriceUsd({ input }: CreateTaskBody): number {
	const seconds = numberOf(input.duration) ?? DEFAULT_SECONDS;
	return sumUsd([seconds * USD_PER_SECOND]);
}

/** All that the price of a task is known to depend on. */
export function priceKeyOf({ task_type: taskType, input, config }: CreateTaskBody): string {
	return JSON.stringify([taskType, input.model, input.duration, recordOf(config).service_mode]);
}

/** Adds up US dollars without floating-point error; exact to a hundredth of a cent. */
export function sumUsd(amounts: number[]): number {
	return Math.round(amounts.reduce((sum, amount) => sum + amount, 0) * 10_000) / 10_000;
}
