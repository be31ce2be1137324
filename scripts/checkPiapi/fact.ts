/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { test } from 'node:test';

import { recordOf } from '../../nodes/Luma/piapi/json';

/** More different words than that say nothing. */
const MOST_SHOWN = 8;

// They name folders of this machine, and the report is for an issue.
Error.stackTraceLimit = 0;

/**
 * A case of node:test: whether all words for what is seen at PiAPI match. They never are the account's own.
 *
 * @param look gives the words, or why there are none
 */
export function fact(
	title: string,
	matching: RegExp,
	look: () => unknown[] | string | Promise<unknown[] | string>,
): void {
	test(title, async (t) => {
		const seen = await Promise.resolve()
			.then(look)
			.catch(({ message }: Error) => {
				throw new Error(message);
			});
		if (seen.length === 0) return t.skip('none was found');
		if (typeof seen === 'string') return t.skip(seen);
		const words = [...new Set(seen.map(String))];
		const others = words.filter((word) => !matching.test(word));
		if (others.length > 0) throw new Error(inWords(others));
		if (words.length <= MOST_SHOWN) t.diagnostic(inWords(words));
	});
}

/** Words of PiAPI's as they may be shown: short ones, or only that they are something else. */
function inWords(words: string[]): string {
	const isShort = (word: string) => /^[\w$./:;, +-]{1,160}$/.test(word);
	const shown = words.slice(0, MOST_SHOWN).map((word) => (isShort(word) ? word : 'other words'));
	return `seen: ${shown.join(', ')}`;
}

/** What lies in a value under names such as `data.config.secret`; undefined where there is nothing. */
export function at(value: unknown, path: string): unknown {
	return path.split('.').reduce((found, name) => recordOf(found)[name], value);
}

/** Those of the paths, between spaces, under which a value has something. */
export function pathsIn(value: unknown, paths: string): string[] {
	return paths.split(' ').filter((path) => (at(value, path) ?? '') !== '');
}

/** A word for each of the paths under which it has nothing. */
export function missingIn(value: unknown, paths: string): string[] {
	const missing = paths.split(' ').filter((path) => (at(value, path) ?? null) === null);
	return missing.map((path) => `no ${path}`);
}
