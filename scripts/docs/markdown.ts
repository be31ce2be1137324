/** Markdown of a table; prettier aligns its columns. */
export function table(head: string[], rows: string[][]): string {
	const line = (cells: string[]) => `| ${cells.map(cell).join(' | ')} |`;
	return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function cell(text: string): string {
	return text.replaceAll('\n', ' ').replaceAll('|', '\\|');
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

export function jsonBlock(value: unknown): string {
	return ['```json', JSON.stringify(value, null, '\t'), '```'].join('\n');
}

export function textBlock(text: string): string {
	return ['```text', text, '```'].join('\n');
}
