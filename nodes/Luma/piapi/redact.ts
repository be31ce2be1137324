import { CREATION_TAGS } from './webhookTag';
import { isRecord } from './json';

const HIDDEN = '[hidden]';
const MAX_MESSAGE_LENGTH = 500;
/** A shorter text is no secret, and would be found within ordinary words. */
const MIN_LENGTH = 8;
/** No response of PiAPI is nested that deeply. */
const MAX_DEPTH = 50;

/** Removes secrets from text from outside before it is shown, logged or stored. */
export class Redactor {
	private readonly secrets: readonly string[];

	/** @param secrets the API key, the webhook secret; anything but texts is ignored */
	constructor(secrets: readonly unknown[] = []) {
		this.secrets = secrets
			.map((secret) => (typeof secret === 'string' ? secret.trim() : ''))
			.filter((secret) => secret.length >= MIN_LENGTH)
			// As it stands in a link.
			.flatMap((secret) => [secret, encodeURIComponent(secret)])
			// A secret can be the beginning of another one.
			.sort((one, other) => other.length - one.length);
	}

	/** The text without any secret or creation tag. */
	text(text: string): string {
		const shown = text.replace(CREATION_TAGS, HIDDEN);
		return this.secrets.reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), shown);
	}

	/** Text from outside as it may be shown: without secrets, and of limited length. */
	message(text: string): string {
		return this.text(text).slice(0, MAX_MESSAGE_LENGTH);
	}

	/** A link is useless without a part of it: null where it holds a secret. */
	link(link: string | null): string | null {
		return link !== null && this.text(link) === link ? link : null;
	}

	/** The same as `text` for a JSON value with all texts and names in it. */
	json<T>(value: T): T {
		return this.within(value, 0) as T;
	}

	private within(value: unknown, depth: number): unknown {
		if (typeof value === 'string') return this.text(value);
		if (typeof value !== 'object' || value === null) return value;
		if (depth === MAX_DEPTH) return HIDDEN;
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
