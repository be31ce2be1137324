/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { expect, it } from '@jest/globals';
import 'n8n-workflow';
import ts from 'typescript';

const ROOT = resolve(__dirname, '../../..');
const MAX_MS = 50;
/** For a machine that is slower, or busy: a pattern that is not linear takes thousands of times as long. */
const ROOM = 10;
const CHARACTERS = 1_000_000;
/** What takes so long for a fiftieth of it grows with the square of the text. */
const MAX_SAMPLE_MS = 60;
const SAMPLE = CHARACTERS / 50;

const files = ['nodes', 'credentials'].flatMap((folder) =>
	readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.ts'))
		.map((name) => join(folder, name)),
);

/** The regular expressions that stand in the code, and how many are built elsewhere than at its loading. */
function readCode() {
	const literals = new Map<string, RegExp>();
	let builtLater = 0;
	for (const file of files) {
		const text = readFileSync(join(ROOT, file), 'utf8');
		const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
		const visit = (node: ts.Node) => {
			if (ts.isRegularExpressionLiteral(node)) {
				const end = node.text.lastIndexOf('/');
				const pattern = new RegExp(node.text.slice(1, end), node.text.slice(end + 1));
				literals.set(`${file} ${node.text}`, pattern);
			}
			if (ts.isNewExpression(node) && node.expression.getText() === 'RegExp') {
				if (!isLoaded(node)) builtLater++;
			}
			node.forEachChild(visit);
		};
		visit(source);
	}
	return { literals, builtLater };
}

/** Whether it is built when the code is loaded. */
function isLoaded(node: ts.Node): boolean {
	for (let each: ts.Node | undefined = node; each; each = each.parent) {
		if (ts.isFunctionLike(each)) return false;
	}
	return true;
}

/** Those that are built when the code is loaded. */
function builtAtLoading(): Map<string, RegExp> {
	const built = new Map<string, RegExp>();
	const original = globalThis.RegExp;
	globalThis.RegExp = new Proxy(original, {
		construct(target, [source, flags]: [string, string]) {
			const pattern = new target(source, flags);
			built.set(String(pattern), pattern);
			return pattern;
		},
	});
	try {
		// eslint-disable-next-line @typescript-eslint/no-require-imports
		for (const file of files) require(join(ROOT, file));
	} finally {
		globalThis.RegExp = original;
	}
	return built;
}

const PIECES = [
	...' \t\n.-_/:;,\'"`<>(){}[]#*=$&%@+|',
	'\r\n',
	'{{',
	'{{ ',
	'{{ $',
	'}}',
	'<!--',
	'<?xml',
	'```',
	'[a',
];
const LETTERS = ['a', 'A', '0', 'é', '\u0301', '\u200b', '。', '字', '🎬', 'no ', 'a. ', 'Mr. '];
const ENDS = ['', '\u0001', ' x'];

/** What can keep a pattern busy: its own words and marks, and something of every class. */
function piecesFor({ source }: RegExp): string[] {
	const own = source.match(/[\p{L}\p{N}-]{2,}|[^\\\p{L}\p{N}()[\]{}?*+|^$]/gu) ?? [];
	return [...new Set([...PIECES, ...LETTERS, ...own])];
}

const samples = new Map<string, string>();

/** A text of that length, as one piece of memory. */
function textOf(piece: string, end: string, length: number): string {
	return Buffer.from(piece.repeat(length / piece.length) + end).toString();
}

function sampleOf(piece: string, end: string): string {
	const key = piece + end;
	const sample = samples.get(key) ?? textOf(piece, end, SAMPLE);
	samples.set(key, sample);
	return sample;
}

/** The least of some measurements of what this process alone has worked, however busy the machine is. */
function millisecondsOf(work: () => void): number {
	let least = Infinity;
	const isUnsure = () => least > MAX_MS / 4 && (least < MAX_MS * 10 || least === Infinity);
	for (let times = 0; times < 5 && isUnsure(); times++) {
		const begun = process.cpuUsage();
		work();
		const { user, system } = process.cpuUsage(begun);
		least = Math.min(least, (user + system) / 1000);
	}
	return least;
}

/** Two pieces of its own, one after the other, can fit in two ways: then even a short text takes for ever. */
function pairsFor(pattern: RegExp): string[] {
	const own = piecesFor(pattern).slice(PIECES.length + LETTERS.length);
	return own.flatMap((one) => ['', ...PIECES].map((mark) => mark + one));
}

/** The text that keeps the pattern busy for the longest time. */
function worstFor(pattern: RegExp): { piece: string; end: string; ms: number } {
	const tried = piecesFor(pattern).flatMap((piece) =>
		ENDS.map((end) => {
			const text = sampleOf(piece, end);
			return { piece, end, ms: millisecondsOf(() => void text.replace(pattern, '')) };
		}),
	);
	return tried.reduce((one, other) => (other.ms > one.ms ? other : one));
}

const { literals, builtLater } = readCode();
const patterns = [...literals, ...builtAtLoading()];

it('finds the regular expressions of the code', () => {
	expect(literals.size).toBeGreaterThan(30);
	expect(patterns.length).toBeGreaterThan(literals.size);
	// Such a one would not be among them.
	expect(builtLater).toBe(0);
});

it.each(patterns)('%s is soon done with a million hostile characters', (_, pattern) => {
	for (const pair of pairsFor(pattern)) {
		const isEasy = millisecondsOf(() => void pattern.test(pair.repeat(24) + '\u0001')) < MAX_MS;
		expect({ pair, isEasy }).toEqual({ pair, isEasy: true });
	}
	const { piece, end, ms } = worstFor(pattern);
	const isSlow = ms > MAX_SAMPLE_MS;
	expect({ piece, end, isSlow }).toEqual({ piece, end, isSlow: false });
	const one = new RegExp(pattern.source, pattern.flags.replace('g', ''));
	const text = textOf(piece, end, CHARACTERS);
	expect(millisecondsOf(() => void one.test(text))).toBeLessThan(MAX_MS * ROOM);
});
