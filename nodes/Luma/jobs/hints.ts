import { promptHints } from '../prompt/hints';
import type { JobRequest } from './request';

/** What is known to make the prompt of a request worse, in words for the person who wrote it. */
export function hintsFor({ source }: JobRequest): string[] {
	const prompt = source.type === 'create' ? source.body.input.prompt : undefined;
	return typeof prompt === 'string' ? promptHints(prompt) : [];
}
