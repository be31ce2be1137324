import type { Results, Setting } from './results';
import { asMarkdown, tablesOf } from './tables';

const BEGIN = '<!-- Figures: npm run bench -->';
const END = '<!-- End of the figures -->';

/** The page with these figures in place of the earlier ones. */
export function pageWith(page: string, results: Results): string {
	const [before] = page.split(BEGIN);
	const [, after = ''] = page.split(END);
	const tables = tablesOf(results).map(asMarkdown);
	return [before + BEGIN, inWords(results.setting), ...tables, END + after].join('\n\n');
}

export function inWords({ date, package: release, node, n8n, machine }: Setting): string {
	const programs = [`n8n-nodes-piapi-luma ${release}`, n8n && `n8n ${n8n}`, `Node.js ${node}`];
	return `Measured on ${date.slice(0, 10)} with ${programs.filter(Boolean).join(', ')} on ${machine}.`;
}
