import { generate } from '../generation/generate';
import type { GenerationRequest } from '../generation/generation';
import { maxConcurrency, withCheckedItems, type Check } from './checkedItems';
import type { Operation } from './operation';

/** An operation that ends with videos: it only says what each item asks for, the pipeline does the rest. */
export function generating(toRequest: Check<GenerationRequest>): Operation['execute'] {
	return async (context) =>
		await withCheckedItems(context, toRequest, async (requests) => {
			const items = await generate(context, requests, maxConcurrency(context));
			return items.map((item) => [item]);
		});
}
