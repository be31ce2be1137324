/** An amount of US dollars as people read it, such as $0.20. */
export function usd(amount: number): string {
	return `$${amount.toFixed(2)}`;
}
