import { promptHints } from '../prompt/hints';
import type { GenerationRequest } from './request';

/** What is known to hurt the prompt of a request, in words for the person who wrote it. */
export function hintsFor({ source }: GenerationRequest): string[] {
	const prompt = 'create' in source ? source.create.input.prompt : undefined;
	return typeof prompt === 'string' ? promptHints(prompt) : [];
}
