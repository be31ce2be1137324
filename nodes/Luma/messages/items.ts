/**
 * Names input items as n8n's editor does, counted from 0, such as ` [item 3]`. The editor adds the same to
 * a message that does not have it yet (read in its source, 1.123 to 2.41).
 *
 * @param itemCount number of input items; with a single one, or all of them, nothing has to be told apart
 */
export function itemSuffix(itemIndexes: readonly number[], itemCount: number): string {
	const isToldApart = itemIndexes.length > 0 && itemIndexes.length < itemCount;
	if (!isToldApart) return '';
	return ` [${itemIndexes.length === 1 ? 'item' : 'items'} ${itemIndexes.join(', ')}]`;
}

/** One of several videos of the same item. */
export interface Take {
	/** Which one, from 1. */
	number: number;
	/** How many videos the item asks for. */
	of: number;
}

/** Such as `video 2 of 3`; undefined where the item has one video. */
export function wordsForTake(take: Take | undefined): string | undefined {
	return take && `video ${take.number} of ${take.of}`;
}

/** An amount of US dollars as people read it, such as $0.20. */
export function usd(amount: number): string {
	return `$${amount.toFixed(2)}`;
}
