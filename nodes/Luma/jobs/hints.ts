import { promptHints } from '../prompt/hints';
import type { JobRequest } from './request';

/** The prompt of a new task as PiAPI gets it; null when there is none. */
export function promptOf({ source }: JobRequest): string | null {
	const prompt = source.type === 'create' ? source.body.input.prompt : undefined;
	return typeof prompt === 'string' ? prompt : null;
}

/** What a person should know about a request: from its fields, then about its prompt. */
export function hintsFor(request: JobRequest): string[] {
	return [...(request.hints ?? []), ...promptHints(promptOf(request) ?? '')];
}
