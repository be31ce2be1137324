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
