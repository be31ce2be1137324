export interface Totals {
	passed: number;
	failed: number;
	skipped: number;
}

export function readTotals(file: string): Totals;
export function inWords(runs: Totals[]): string;
