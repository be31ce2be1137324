import type { Answer } from './client';
import type { Evidence } from './evidence';
import { at } from './path';

/** Whether a fact holds. What was seen is shown to everybody: never a value that is the account's own. */
export type Outcome =
	| { kind: 'holds'; seen?: string }
	| { kind: 'differs'; seen: string }
	| { kind: 'notSeen'; why: string };

/** One thing that this package takes for granted about PiAPI. */
export interface Fact {
	/** Names it in tests; the title is for people. */
	id: string;
	topic: string;
	title: string;
	check(evidence: Evidence): Outcome;
}

export const NEEDS_PAY: Outcome = { kind: 'notSeen', why: 'needs --pay' };

/** What only a paid video shows, when there is none that lived as long. */
export function unpaid({ paid }: Evidence): Outcome {
	return paid ? notSeen('no video was made, or it did not end in time') : NEEDS_PAY;
}

export function notSeen(why: string): Outcome {
	return { kind: 'notSeen', why };
}

export function holdsIf(condition: boolean, seen: string): Outcome {
	return { kind: condition ? 'holds' : 'differs', seen };
}

export function holdsWithAll(missing: string[]): Outcome {
	if (missing.length === 0) return { kind: 'holds' };
	return { kind: 'differs', seen: `missing: ${missing.join(', ')}` };
}

/** A word of PiAPI's as it may be shown: a short name, or only that it is something else. */
export function shown(word: unknown): string {
	if (word === undefined) return 'nothing';
	if (word === null) return 'null';
	return /^[\w./:-]{1,60}$/.test(String(word)) ? String(word) : `other (${typeof word})`;
}

export function inShort({ status, body }: Answer): string {
	return `status ${status}, code ${shown(at(body, 'code'))}`;
}
