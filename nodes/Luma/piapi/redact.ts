import { CREATION_TAGS } from './webhookTag';
import { firstEntries } from './json';
import type { Task } from './task';

const HIDDEN = '[hidden]';
const MAX_MESSAGE_LENGTH = 500;
/** A shorter text is no secret, and would be found within ordinary words. */
const MIN_LENGTH = 8;
/** No answer of PiAPI is nested that deeply, or has so many values. */
const MAX_DEPTH = 50;
const MAX_VALUES = 20_000;

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

	/** A task without secrets in PiAPI's texts and links; its `input` is the user's own. */
	task(task: Task): Task {
		const raw = this.json(task.raw);
		if ('input' in task.raw) raw.input = task.raw.input;
		const videoUrl = this.link(task.videoUrl);
		return {
			...task,
			videoUrl,
			isLinkWithheld: videoUrl !== task.videoUrl,
			watermarkedVideoUrl: this.link(task.watermarkedVideoUrl),
			thumbnailUrl: this.link(task.thumbnailUrl),
			lastFrameUrl: this.link(task.lastFrameUrl),
			failure: this.message(task.failure),
			raw,
		};
	}

	/** The same as `text` for a JSON value with all texts and names in it. */
	json<T>(value: T, maxValues = MAX_VALUES): T {
		let left = maxValues;
		const shown = (inner: unknown, depth: number): unknown => {
			if (typeof inner === 'string') return this.text(inner);
			if (typeof inner !== 'object' || inner === null) return inner;
			if (depth === MAX_DEPTH || left <= 0) return HIDDEN;
			const entries = firstEntries(inner, left);
			left -= entries.length;
			const named = entries.map(([name, entry]) => [name, shown(entry, depth + 1)] as const);
			if (Array.isArray(inner)) return named.map(([, entry]) => entry);
			return Object.fromEntries(named.map(([name, entry]) => [this.text(name), entry]));
		};
		return shown(value, 0) as T;
	}
}
