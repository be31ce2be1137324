import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { generate } from '../generation/generate';
import { hintsFor } from '../generation/hints';
import { rehearse } from '../generation/rehearse';
import type { GenerationRequest } from '../generation/request';
import { fallAsleep } from '../generation/suspend';

import { withCheckedItems, type Check } from './checkedItems';
import type { Operation } from './operation';
import { runSettings } from './runSettings';

/** An item that asks for nothing, and is handed on as it is. */
export interface KeptItem {
	itemIndex: number;
	kept: INodeExecutionData;
}

/** An operation that ends with videos: it only says what each item asks for, the pipeline does the rest. */
export function generating(toRequest: Check<GenerationRequest | KeptItem>): Operation['execute'] {
	return async (context) => {
		let until: Date | undefined;
		const items = await withCheckedItems(context, toRequest, async (checked) => {
			const requests = checked.filter((each): each is GenerationRequest => !('kept' in each));
			const settings = runSettings(context);
			const trials = requests.filter(({ dryRun }) => dryRun);
			const rehearsed = (await rehearse(context, trials, settings)).values();
			const real = requests.filter(({ dryRun }) => !dryRun);
			const made = real.length > 0 ? await generate(context, real, settings) : { items: [] };
			const delivered = made.items.values();
			until = made.sleepUntil;
			showPromptHints(context, requests);
			return checked.map((each) => [
				'kept' in each ? each.kept : (each.dryRun ? rehearsed : delivered).next().value!,
			]);
		});
		if (!until) return items;
		await fallAsleep(context, items, until);
		// n8n would take an item in trouble for a failed try, and run the node again on what it keeps.
		return [];
	};
}

const MOST_HINTS = 5;

/** Shows what is known to hurt a prompt in the output panel; never a reason to refuse it. */
function showPromptHints(context: IExecuteFunctions, requests: GenerationRequest[]): void {
	const hints = requests.flatMap((request) =>
		hintsFor(request).map((hint) =>
			requests.length > 1 ? `Item ${request.itemIndex + 1}: ${hint}` : hint,
		),
	);
	context.addExecutionHints(
		...hints.slice(0, MOST_HINTS).map((message) => ({ message, location: 'outputPane' as const })),
	);
}
