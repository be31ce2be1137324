import type { IExecuteFunctions } from 'n8n-workflow';

import { itemSuffix } from '../messages/items';
import { promptHints } from '../prompt/hints';
import { taskOf, type Job } from './job';
import type { JobRequest } from './request';

/** A sentence for the output panel, beside the items. Never a reason to reject anything. */
export interface Hint {
	text: string;
	/** The input item that it is about; absent for a hint about the whole run. */
	itemIndex?: number;
}

const MAX_HINTS = 5;

/** The prompt of a new task as PiAPI gets it; null when there is none. */
export function promptOf({ source }: JobRequest): string | null {
	const prompt = source.type === 'create' ? source.body.input.prompt : undefined;
	return typeof prompt === 'string' ? prompt : null;
}

/** What a person should know about a request: from its fields, then about its prompt. */
export function hintsFor(request: JobRequest): string[] {
	return [...(request.hints ?? []), ...promptHints(promptOf(request) ?? '')];
}

/** The same with the item that they are about. */
export function hintsAbout(request: JobRequest): Hint[] {
	return hintsFor(request).map((text) => ({ text, itemIndex: request.itemIndex }));
}

const RESTORED =
	'This video was made by an earlier try of this execution and is not paid again. The output shows the prompt that it was made with.';

/** The same for a job. What its item asks for now says nothing of a video that was made before. */
export function hintsOf({ request, isRestored, state }: Job): Hint[] {
	if (!isRestored) return hintsAbout(request);
	const isKnown = taskOf(state).taskId !== undefined;
	return isKnown ? [{ text: RESTORED, itemIndex: request.itemIndex }] : [];
}

/**
 * Shows hints in the output panel, those about the whole run first. A hint that several items share is
 * shown once. n8n shows them when the node has ended, and none when it fails.
 */
export function showHints(context: IExecuteFunctions, hints: Hint[]): void {
	const itemsByText = new Map<string, Set<number>>();
	const ofRunFirst = [...hints].sort((one, other) => rankOf(one) - rankOf(other));
	for (const { text, itemIndex } of ofRunFirst) {
		const items = itemsByText.get(text) ?? new Set();
		itemsByText.set(text, itemIndex === undefined ? items : items.add(itemIndex));
	}
	const itemCount = context.getInputData().length;
	const messages = [...itemsByText].map(
		([text, items]) => `${asHtml(text)}${itemSuffix([...items], itemCount)}`,
	);
	context.addExecutionHints(
		...messages
			.slice(0, MAX_HINTS)
			.map((message) => ({ message, location: 'outputPane' as const })),
	);
}

function rankOf({ itemIndex }: Hint): number {
	return itemIndex === undefined ? 0 : 1;
}

/** n8n renders hints as HTML, and a prompt can hold anything. */
function asHtml(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
