import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import ts from 'typescript';

const ROOT = resolve(__dirname, '../../..');
const MAX_MS = 50;
const CHARACTERS = 1_000_000;

interface Found {
	where: string;
	pattern: RegExp;
}

const files = ['nodes', 'credentials'].flatMap((folder) =>
	readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.ts'))
		.map((name) => join(folder, name)),
);

function visit(node: ts.Node, see: (node: ts.Node) => void): void {
	see(node);
	node.forEachChild((child) => visit(child, see));
}

/** The regular expressions that stand in the code. */
function literalsIn(file: string): Found[] {
	const source = ts.createSourceFile(
		file,
		readFileSync(join(ROOT, file), 'utf8'),
		ts.ScriptTarget.Latest,
		true,
	);
	const found: Found[] = [];
	visit(source, (node) => {
		if (!ts.isRegularExpressionLiteral(node)) return;
		const [, body, flags] = /^\/(.*)\/([a-z]*)$/s.exec(node.text) ?? [];
		found.push({ where: `${file}: ${node.text}`, pattern: new RegExp(body, flags) });
	});
	return found;
}

/** Those that are built when the code is loaded. */
function builtAtLoad(): Found[] {
	const found: Found[] = [];
	require('n8n-workflow');
	const original = globalThis.RegExp;
	globalThis.RegExp = new Proxy(original, {
		construct(target, [source, flags]: [string, string]) {
			const pattern = new target(source, flags);
			found.push({ where: `built: ${pattern}`, pattern });
			return pattern;
		},
	});
	try {
		// eslint-disable-next-line @typescript-eslint/no-require-imports
		for (const file of files) require(join(ROOT, file));
	} finally {
		globalThis.RegExp = original;
	}
	return found.filter(({ where }, index) => index === found.findIndex((one) => one.where === where));
}

/** What a pattern can be kept busy with: its own characters and words, and those of every class. */
function piecesFor({ source }: RegExp): string[] {
	const words = source.match(/[\p{L}\p{N}]{2,}|[^\\\p{L}\p{N}]/gu) ?? [];
	const always = [' ', '\t', '\n', '.', '-', '_', 'a', 'A', '0', '/', ':', ',', "'", '"', '\u200b', '\u0301', '。', '字', '🎬'];
	return [...new Set([...always, ...words])];
}

function textsFor(pattern: RegExp): string[] {
	const pieces = piecesFor(pattern);
	const pairs = pieces.map((piece, index) => piece + pieces[(index + 1) % pieces.length]);
	const pairs2 = pieces.map((piece) => `${piece} `);
	return [...pieces, ...pairs, ...pairs2];
}

it('x', () => {
	const all = [...files.flatMap(literalsIn), ...builtAtLoad()];
	const slow: string[] = [];
	for (const { where, pattern } of all) {
		let worst = 0; let with_ = '';
		for (const piece of textsFor(pattern)) {
			for (const end of ['', '\u0001', 'x']) {
				for (const size of [20_000, CHARACTERS]) {
					const text = piece.repeat(size / piece.length) + end;
					const begun = performance.now();
					text.replace(pattern, '-');
					const ms = performance.now() - begun;
					if (ms > worst) { worst = ms; with_ = JSON.stringify(piece)+end+size; }
					if (ms > MAX_MS) break;
				}
			}
		}
		if (worst > 25) slow.push(`${worst.toFixed(0)} ${where.slice(0,150)} ${with_}`);
	}
	console.log(all.length, slow.join('\n'));
}, 600_000);
