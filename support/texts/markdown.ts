/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import slugger from 'github-slugger';
import MarkdownIt from 'markdown-it';

import { repository } from '../../scripts/n8n/versions';

type Token = ReturnType<MarkdownIt['parse']>[number];

const markdown = new MarkdownIt();

/** A heading with everything below it, up to the next heading. */
export interface Section {
	title: string;
	/** What a link to the heading has after its #. */
	anchor: string;
	level: number;
	/** Contents of the fenced blocks. */
	blocks: Array<{ language: string; text: string }>;
	/** Rows of all tables without their heads; a cell is Markdown. */
	rows: string[][];
	/** Targets of links and pictures. */
	links: string[];
	/** Inline code. */
	code: string[];
	/** The text without Markdown syntax; one line per paragraph, list entry or cell. */
	text: string;
}

/** The sections of a page; the text before the first heading is one without a title. */
export function sectionsOf(source: string): Section[] {
	const sections = [emptySection('', 0)];
	const tokens = markdown.parse(source, {});
	for (const [i, token] of tokens.entries()) {
		if (token.type === 'heading_open') {
			sections.push(emptySection(plain(tokens[i + 1]), Number(token.tag.slice(1))));
		}
		const section = sections[sections.length - 1];
		if (token.type === 'fence') {
			section.blocks.push({ language: token.info.trim(), text: token.content });
		}
		if (token.type === 'tr_open' && tokens[i - 1].type !== 'thead_open') section.rows.push([]);
		if (token.type === 'inline') addInline(section, token, tokens[i - 1].type);
	}
	return sections;
}

function emptySection(title: string, level: number): Section {
	const anchor = slugger.slug(title);
	return { title, anchor, level, blocks: [], rows: [], links: [], code: [], text: '' };
}

function addInline(section: Section, token: Token, container: string): void {
	if (container === 'td_open') section.rows[section.rows.length - 1].push(token.content);
	if (container !== 'heading_open') section.text += `${plain(token)}\n`;
	for (const part of token.children ?? []) {
		const target = part.attrGet('href') ?? part.attrGet('src');
		if (target) section.links.push(decodeURI(target));
		if (part.type === 'code_inline') section.code.push(part.content);
	}
}

function plain({ children }: Token): string {
	return (children ?? [])
		.filter(({ type }) => ['text', 'code_inline', 'softbreak', 'image'].includes(type))
		.map(({ type, content }) => (type === 'softbreak' ? ' ' : content))
		.join('');
}

const IGNORED_FOLDERS = new Set(['node_modules', 'dist', '.git']);

/** Every Markdown file of the repository, as a path from its root. */
export function pages(folder = repository): string[] {
	return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
		const path = join(folder, entry.name);
		if (entry.isDirectory()) return IGNORED_FOLDERS.has(entry.name) ? [] : pages(path);
		return entry.name.endsWith('.md') ? [relative(repository, path)] : [];
	});
}

export function read(path: string): string {
	return readFileSync(join(repository, path), 'utf8');
}
