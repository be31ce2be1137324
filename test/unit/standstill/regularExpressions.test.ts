/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { expect, it } from '@jest/globals';
import 'n8n-workflow';
import ts from 'typescript';

import { cpuMsOf } from '../../../support/cpuTime';

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
	...['\r\n', '{{', '{{ ', '{{ $', '}}', '<!--', '<?xml', '```', '[a'],
];
const LETTERS = ['a', 'A', '0', 'é', '\u0301', '\u200b', '。', '字', '🎬', 'no ', 'a. ', 'Mr. '];
const ENDS = ['', '\u0001', ' x'];

/** What can keep a pattern busy: its own words and marks, and something of every class. */
function piecesFor({ source }: RegExp): string[] {
	const own = source.match(/[\p{L}\p{N}-]{2,}|[^\\\p{L}\p{N}()[\]{}?*+|^$]/gu) ?? [];
	return [...new Set([...PIECES, ...LETTERS, ...own])];
}

/** A text of that length, as one piece of memory. */
function textOf(piece: string, end: string, length: number): string {
	return Buffer.from(piece.repeat(length / piece.length) + end).toString();
}

/** Two pieces of its own, one after the other, can fit in two ways: then even a short text takes for ever. */
function pairsFor(pattern: RegExp): string[] {
	const own = piecesFor(pattern).slice(PIECES.length + LETTERS.length);
	return own.flatMap((one) => ['', ...PIECES].map((mark) => mark + one));
}

/** The text that keeps the pattern busy for the longest time. */
async function worstFor(pattern: RegExp): Promise<{ piece: string; end: string; ms: number }> {
	let worst = { piece: '', end: '', ms: 0 };
	for (const piece of piecesFor(pattern)) {
		for (const end of ENDS) {
			const text = textOf(piece, end, SAMPLE);
			const ms = await cpuMsOf(() => text.replace(pattern, ''), MAX_MS / 4);
			if (ms > worst.ms) worst = { piece, end, ms };
		}
	}
	return worst;
}

const { literals, builtLater } = readCode();
const patterns = [...literals, ...builtAtLoading()];

it('finds the regular expressions of the code', () => {
	expect(literals.size).toBeGreaterThan(30);
	expect(patterns.length).toBeGreaterThan(literals.size);
	// Such a one would not be among them.
	expect(builtLater).toBe(0);
});

it.each(patterns)('%s is soon done with a million hostile characters', async (_, pattern) => {
	for (const pair of pairsFor(pattern)) {
		const ms = await cpuMsOf(() => pattern.test(pair.repeat(24) + '\u0001'), MAX_MS);
		expect({ pair, isEasy: ms < MAX_MS }).toEqual({ pair, isEasy: true });
	}
	const { piece, end, ms } = await worstFor(pattern);
	const isSlow = ms > MAX_SAMPLE_MS;
	expect({ piece, end, isSlow }).toEqual({ piece, end, isSlow: false });
	const one = new RegExp(pattern.source, pattern.flags.replace('g', ''));
	const text = textOf(piece, end, CHARACTERS);
	expect(await cpuMsOf(() => one.test(text), MAX_MS * ROOM)).toBeLessThan(MAX_MS * ROOM);
});
