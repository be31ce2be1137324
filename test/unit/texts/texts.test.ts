/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import ts from 'typescript';

import { ERROR_CATALOG } from '../../../nodes/Luma/messages/catalog';
import { repository } from '../../../scripts/n8n/versions';
import { CHOICES, FIELDS } from '../../../support/texts/fields';
import { pages, read } from '../../../support/texts/markdown';

/** A sentence, and where it stands. */
interface ShownText {
	text: string;
	place: string;
}

/** Every text with a blank in it that the package ships: labels, messages, hints, lines for n8n's log. */
const TEXTS = ['nodes', 'credentials'].flatMap((folder) => filesIn(folder, '.ts')).flatMap(textsIn);

/** The docs outside of code, save for the benchmarks of a program, and the example workflows. */
const DOCUMENTED = [
	...pages().filter((page) => /^(README|docs\/(?!benchmarks))/.test(page)),
	...filesIn('workflows', '.json'),
].flatMap((place) => {
	const lines = read(place)
		.replace(/```[\s\S]*?```/g, '')
		.split('\n');
	return lines.map((text) => ({ text, place }));
});

function filesIn(folder: string, ending: string): string[] {
	const names = readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' });
	return names.filter((name) => name.endsWith(ending)).map((name) => join(folder, name));
}

function textsIn(file: string): ShownText[] {
	const source = ts.createSourceFile(file, read(file), ts.ScriptTarget.ES2022, true);
	const textsOf = (node: ts.Node): ShownText[] => {
		const text = textOf(node);
		const { line } = source.getLineAndCharacterOfPosition(node.getStart());
		const inner: ShownText[] = [];
		ts.forEachChild(node, (child) => void inner.push(...textsOf(child)));
		return text?.trim().includes(' ') ? [{ text, place: `${file}:${line + 1}` }, ...inner] : inner;
	};
	return textsOf(source);
}

/** What is put into a template stands there as `…`. */
function textOf(node: ts.Node): string | undefined {
	if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
	if (!ts.isTemplateExpression(node)) return undefined;
	return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('');
}

/** Names of settings in single quotes, and what is code. */
const NAMES_AND_CODE = /'[^' ][^']*'|\{\{.*?\}\}|<code>.*?<\/code>|https?:\S+/g;

function findings(pattern: RegExp, texts = TEXTS): string[] {
	return texts.flatMap(({ text, place }) => {
		const found = pattern.exec(text.replace(NAMES_AND_CODE, "''"));
		return found ? [`${place}: “${found[0]}” in “${text}”`] : [];
	});
}

it('finds the texts of the package', () => {
	expect(TEXTS.length).toBeGreaterThan(300);
	const texts = TEXTS.map(({ text }) => text);
	for (const { title } of Object.values(ERROR_CATALOG)) expect(texts).toContain(title);
});

/** Users are told what to do, and never that something is their fault. */
const BLAME =
	/\b(errors?|problems?|failures?|mistakes?|faults?|invalid|illegal|bad|wrong(?! version number)|forgot)\b/i;

it('blames nobody: n8n wants no such words where something did not work', () => {
	expect(findings(BLAME)).toEqual([]);
});

it.each(Object.entries(ERROR_CATALOG))('the message %s is short and has a remedy', (_, message) => {
	expect(message.title).toMatch(/^\S.{0,88}\S$/);
	expect(message.remedy).toMatch(/\S/);
});

it.each([
	['rejected', /\bturn(s|ed|ing)? (it |them )?down\b/i],
	['would exceed', /\b(would|to) pass the limit\b/i],
	['run again, and only where that is free', /\b(a?new run is|start(s|ed)? anew|anew)\b/i],
	['PiAPI keeps working on it', /\bgoes on at PiAPI\b/i],
	['is ready', /\b(video|file|picture) is there\b/i],
	['animate', /\bset in motion\b/i],
	['return links', /\bhand(s|ed|ing)? (it |them )?(on|out)\b|\bgiven out\b/i],
	['override', /\bw(i|o)ns? over\b/i],
	['video, or create', /\b(an?|the|each|this|new|of) orders?\b(?! (that|of|in))|\bordered\b/i],
	['n8n’s own name: On Error', /continue ?on ?fail/i],
	['n8n’s own name: Put Output File in Field', /\bbinary propert(y|ies)\b/i],
])('says “%s”', (_, pattern) => {
	expect(findings(pattern, [...TEXTS, ...DOCUMENTED])).toEqual([]);
});

it.each([
	['image, as the labels do', /\bpictures?\b/i],
	['webhook, or that PiAPI calls', /\breport(s|ed|ing)?\b/i],
])('says in fields and messages “%s”', (_, pattern) => {
	expect(findings(pattern)).toEqual([]);
});

it('says nowhere plainly to run again, since that can pay twice', () => {
	const isAdvice = /\b(run|execute|start)\b( \w+){0,3} again\b/i;
	const isFree = /\bfree\b|Run the node that brings the file/;
	expect(findings(isAdvice).filter((finding) => !isFree.test(finding))).toEqual([]);
});

it('shows no identifier of the code', () => {
	const shown = new Set(CHOICES.map(({ value }) => String(value)));
	const isOutputField = /^(videoUrl|taskId|status|data[A-Z]\w*)$/;
	const words = TEXTS.flatMap(({ text, place }) => {
		const found = text.replace(NAMES_AND_CODE, '').match(/(?<![\w.$#/-])[a-z]+[A-Z]\w*/g) ?? [];
		return found
			.filter((word) => !shown.has(word) && !isOutputField.test(word) && word !== 'macOS')
			.map((word) => `${place}: ${word} in “${text}”`);
	});
	expect(words).toEqual([]);
});

it('puts the names of fields in single quotes', () => {
	const names = [...new Set(FIELDS.map(({ displayName }) => displayName))].filter(
		(name) => name.includes(' ') && name.length < 40,
	);
	const labels = new Set([...names, ...CHOICES.map(({ name }) => name)]);
	const missing = TEXTS.filter(({ text }) => !labels.has(text)).flatMap(({ text, place }) =>
		names.filter((name) => hasUnquoted(text, name)).map((name) => `${place}: ${name} in “${text}”`),
	);
	expect(missing).toEqual([]);
});

function hasUnquoted(text: string, name: string): boolean {
	const others = text.replaceAll(`'${name}'`, '').replaceAll(`<b>${name}</b>`, '');
	const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
	return new RegExp(`(?<![\\w'])${escaped}(?![\\w'])`).test(others);
}
