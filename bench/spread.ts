import { max, median, min } from 'simple-statistics';

/** Several measurements of the same thing. */
export interface Spread {
	median: number;
	least: number;
	most: number;
	/** How many there were. */
	count: number;
}

export function spreadOf(values: number[]): Spread {
	return { median: median(values), least: min(values), most: max(values), count: values.length };
}

/** Each value in times of the yardstick that was measured beside it: what slowed both down cancels out. */
export function timesYardstick(values: number[], yardsticks: number[]): Spread {
	return spreadOf(values.map((value, index) => value / yardsticks[index]));
}
