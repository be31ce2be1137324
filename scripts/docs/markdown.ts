/** Markdown of a table; prettier aligns its columns. */
export function table(head: string[], rows: string[][]): string {
	const cell = (text: string) => text.replaceAll('\n', ' ').replaceAll('|', '\\|');
	const line = (cells: string[]) => `| ${cells.map(cell).join(' | ')} |`;
	return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A text of the editor, which may hold HTML, as Markdown. */
export function fromHtml(text: string): string {
	return text
		.replace(/<a [^>]*href="([^"]+)"[^>]*>(.*?)<\/a>/g, '[$2]($1)')
		.replace(/<\/?(b|strong)>/g, '**')
		.replace(/<\/?(i|em)>/g, '_')
		.replace(/<\/?code>/g, '`')
		.replace(/<br ?\/?>/g, ' ');
}

export function block(language: string, text: string): string {
	return ['```' + language, text, '```'].join('\n');
}

/** What stands between the markers, by the name in the first of them. */
export type Sections = Record<string, string>;

const GENERATED = /<!-- generated: (.+?) -->[\s\S]*?<!-- end -->/g;

/**
 * The page with these sections between their markers.
 *
 * @throws Error when the page names a section that is not there, or has no place for one that is
 */
export function fill(page: string, sections: Sections, path: string): string {
	const places = [...page.matchAll(GENERATED)].map(([, name]) => name);
	for (const name of places.filter((place) => !(place in sections))) {
		throw new Error(
			`${path}: nothing is generated for “${name}” any more. Remove its markers and the text that belongs to them.`,
		);
	}
	for (const name of Object.keys(sections).filter((section) => !places.includes(section))) {
		const lines = `<!-- generated: ${name} -->\n<!-- end -->`;
		throw new Error(`${path} has no place for “${name}”. Add these lines:\n${lines}`);
	}
	return page.replace(
		GENERATED,
		(_, name: string) => `<!-- generated: ${name} -->\n\n${sections[name]}\n\n<!-- end -->`,
	);
}
