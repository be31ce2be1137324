/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '..', '..');
const FOLDERS = ['nodes', 'credentials'];

/** A sentence in the code, and where it stands. */
export interface ShownText {
	text: string;
	place: string;
}

/**
 * Every text with a blank in it that the package ships: labels, descriptions, messages, hints, lines for n8n's
 * log. What is put into a template stands there as `…`.
 */
export function shownTexts(): ShownText[] {
	return FOLDERS.flatMap((folder) => sourcesIn(join(ROOT, folder))).flatMap(textsIn);
}

/** The paragraphs of the docs outside of code, and the texts of the example workflows. */
export function documentedTexts(): ShownText[] {
	return [...pages(), ...filesIn(join(ROOT, 'workflows'), '.json')].flatMap((file) => {
		const text = readFileSync(file, 'utf8').replace(/```[\s\S]*?```/g, '');
		const lines = text.split('\n').filter((line) => !line.startsWith('#!'));
		return lines.map((line) => ({ text: line, place: relative(ROOT, file) }));
	});
}

/** The benchmarks are written by a program. */
function pages(): string[] {
	const docs = filesIn(join(ROOT, 'docs'), '.md').filter((file) => !file.endsWith('benchmarks.md'));
	return [join(ROOT, 'README.md'), ...docs];
}

function filesIn(folder: string, ending: string): string[] {
	return readdirSync(folder)
		.filter((name) => name.endsWith(ending))
		.map((name) => join(folder, name));
}

function sourcesIn(folder: string): string[] {
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
		.map((entry) => join(entry.parentPath, entry.name));
}

function textsIn(file: string): ShownText[] {
	const source = ts.createSourceFile(
		file,
		readFileSync(file, 'utf8'),
		ts.ScriptTarget.ES2022,
		true,
	);
	const texts: ShownText[] = [];
	const visit = (node: ts.Node) => {
		const text = textOf(node);
		if (text?.trim().includes(' ')) {
			const { line } = source.getLineAndCharacterOfPosition(node.getStart());
			texts.push({ text, place: `${relative(ROOT, file)}:${line + 1}` });
		}
		ts.forEachChild(node, visit);
	};
	visit(source);
	return texts;
}

function textOf(node: ts.Node): string | undefined {
	if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
	if (!ts.isTemplateExpression(node)) return undefined;
	return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('');
}
