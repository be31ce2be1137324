import { max, median, min } from 'simple-statistics';

/** Several measurements of the same thing. */
export interface Spread {
	median: number;
	least: number;
	most: number;
	/** How many there were. */
	count: number;
}

/** Of no values at all, the figures are not numbers. */
export function spreadOf(values: number[]): Spread {
	if (values.length === 0) return { median: NaN, least: NaN, most: NaN, count: 0 };
	return { median: median(values), least: min(values), most: max(values), count: values.length };
}

/** Each value relative to the baseline measured beside it: what slowed both down cancels out. */
export function ratiosOf(values: number[], baselines: number[]): Spread {
	return spreadOf(values.map((value, index) => value / baselines[index]));
}
