import { promptHints } from '../prompt/hints';
import type { JobRequest } from './request';

/** Hints about what is known to make the prompt of a request worse. */
export function hintsFor({ source }: JobRequest): string[] {
	const prompt = source.type === 'create' ? source.body.input.prompt : undefined;
	return typeof prompt === 'string' ? promptHints(prompt) : [];
}
