/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { recordOf } from '../../nodes/Luma/piapi/json';

interface Case<T> {
	/** What it is about; nothing when this command cannot see it. */
	of: () => T[] | Promise<T[]>;
	holds: (one: T) => boolean;
	/** What of it may be shown: never the account's own. */
	show?: (one: T) => unknown;
	/** Why nothing can be seen. */
	unseen?: string | (() => string);
}

/** More different words than that say nothing. */
const MOST_SHOWN = 8;

/** A fact that holds when it does for each of the things it is about. */
export function fact<T>(
	title: string,
	{ of, holds, show = (one) => one, unseen = 'none was found' }: Case<T>,
): void {
	test(title, async (t) => {
		const all = await of();
		if (all.length === 0) return t.skip(typeof unseen === 'string' ? unseen : unseen());
		const shownOf = (some: T[]) => [...new Set(some.map((one) => shown(show(one))))];
		const others = all.filter((one) => !holds(one));
		assert.ok(others.length === 0, shownOf(others).slice(0, MOST_SHOWN).join(', '));
		if (shownOf(all).length <= MOST_SHOWN) t.diagnostic(`seen: ${shownOf(all).join(', ')}`);
	});
}

/** Words of PiAPI's as they may be shown: short ones, or only that they are something else. */
function shown(words: unknown): string {
	return /^[\w$./:;, +-]{1,160}$/.test(String(words)) ? String(words) : `other (${typeof words})`;
}

/** What lies in a value under names such as `data.config.secret`; undefined where there is nothing. */
export function at(value: unknown, path: string): unknown {
	return path.split('.').reduce((found, name) => recordOf(found)[name], value);
}

/** Those of the paths, between spaces, under which a value has something. */
export function pathsIn(value: unknown, paths: string): string[] {
	return paths.split(' ').filter((path) => (at(value, path) ?? '') !== '');
}
