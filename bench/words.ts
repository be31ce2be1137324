import type { Way } from './results';
import type { Spread } from './spread';

/** What a reader calls the ways. */
export const WAYS: Record<Way, string> = {
	poll: 'Wait Here',
	pollAgain: 'Wait Here, kind known',
	callback: 'Suspend Until Callback',
	loop: 'Loop with Wait 15 s',
	plain: 'A read every 3 s',
};

export function inItems(count: number): string {
	return count === 1 ? '1 item' : `${count} items`;
}

/** Three digits that matter, as far as there are any. */
export function decimals(value: number): string {
	if (Number.isInteger(value)) return String(value);
	const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
	return value.toFixed(digits);
}

/** The median, and where the single measurements lie. */
export function withSpread({ median, least, most, count }: Spread): string {
	if (count === 1 || least === most) return decimals(median);
	return `${decimals(median)} (${decimals(least)}–${decimals(most)})`;
}
