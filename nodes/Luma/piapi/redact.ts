import { CREATION_TAGS } from './creationTag';
import { isRecord } from './json';

const HIDDEN = '[hidden]';
/** Shorter texts are no secrets, and would be met in the middle of ordinary words. */
const SHORTEST = 8;
/** An answer of PiAPI is not nested that deeply. */
const DEEPEST = 50;

/** Takes secrets out of what somebody else wrote, before it is shown, logged or stored. */
export class Redactor {
	private readonly secrets: readonly string[];

	/** @param secrets the API key, the webhook secret; anything but texts is ignored */
	constructor(secrets: readonly unknown[] = []) {
		this.secrets = secrets
			.map((secret) => (typeof secret === 'string' ? secret.trim() : ''))
			.filter((secret) => secret.length >= SHORTEST)
			// A secret can be the beginning of another one.
			.sort((one, other) => other.length - one.length);
	}

	/** The text without any secret or creation tag. */
	text(text: string): string {
		const shown = text.replace(CREATION_TAGS, HIDDEN);
		return this.secrets.reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), shown);
	}

	/** The same for a JSON value with all texts and names in it. */
	json<T>(value: T): T {
		return this.within(value, 0) as T;
	}

	private within(value: unknown, depth: number): unknown {
		if (typeof value === 'string') return this.text(value);
		if (typeof value !== 'object' || value === null) return value;
		if (depth === DEEPEST) return HIDDEN;
		if (Array.isArray(value)) return value.map((entry) => this.within(entry, depth + 1));
		if (!isRecord(value)) return value;
		return Object.fromEntries(
			Object.entries(value).map(([name, entry]) => [
				this.text(name),
				this.within(entry, depth + 1),
			]),
		);
	}
}
