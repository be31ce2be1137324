/** Lines of cells in columns, the first of them aligned to the left, the others to the right. */
export function textTable(lines: string[][]): string {
	const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
	return lines
		.map(([first, ...others]) =>
			[
				first.padEnd(widths[0]),
				...others.map((cell, column) => cell.padStart(widths[column + 1])),
			].join('  '),
		)
		.join('\n');
}
