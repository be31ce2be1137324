import { max, median, min } from 'simple-statistics';

/** Several measurements of the same thing. */
export interface Spread {
	median: number;
	least: number;
	most: number;
	/** How many there were. */
	count: number;
}

/** Of no values at all, the figures are not numbers. */
export function spreadOf(values: number[]): Spread {
	if (values.length === 0) return { median: NaN, least: NaN, most: NaN, count: 0 };
	return { median: median(values), least: min(values), most: max(values), count: values.length };
}

/** Each value relative to the baseline measured beside it: what slowed both down cancels out. */
export function ratiosOf(values: number[], baselines: number[]): Spread {
	return spreadOf(values.map((value, index) => value / baselines[index]));
}

type Cell = string | number | Spread;

/** Figures by the heading of their column. */
export type Row = Record<string, Cell>;

/** What one part of the benchmark found: a table, and the goals that its figures have to meet. */
export interface Section {
	title: string;
	/** What is counted. */
	note: string;
	rows: Row[];
	goals: Goal[];
}

export interface Goal {
	goal: string;
	measured: number;
	/** Such as `at most 2 s` or `at least 0.8 × plain`. */
	limit: string;
	isMet: boolean;
	/** Shown when the goal is missed: why it is, as far as the figures tell. */
	reason: string;
}

const LIMIT = /^at (most|least) ([\d.]+)/;

/**
 * Compares a figure with its limit; one that is not a number, such as a median of nothing, meets none.
 *
 * @param limit such as `at most 2 s`
 */
export function goal(name: string, measured: number, limit: string, reason: string): Goal {
	const [, bound, value] = LIMIT.exec(limit) ?? [];
	if (value === undefined) throw new Error(`Not a limit: ${limit}`);
	const isMet = bound === 'most' ? measured <= Number(value) : measured >= Number(value);
	return { goal: name, measured, limit, isMet, reason };
}

export function goalSection(goals: Goal[]): Section {
	const rows = goals.map(({ goal, limit, measured, isMet, reason }) => ({
		Goal: goal,
		Limit: limit,
		Measured: `${decimals(measured)}${limit.replace(LIMIT, '')}`,
		Met: isMet ? 'yes' : `no: ${reason}`,
	}));
	return { title: 'Goals', note: 'A goal that is missed says why.', rows, goals: [] };
}

/** Three significant digits where there are as many. */
export function decimals(value: number): string {
	if (Number.isInteger(value)) return String(value);
	const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
	return value.toFixed(digits);
}

export function asMarkdown({ title, note, rows }: Section): string {
	if (rows.length === 0) return [`### ${title}`, note].join('\n\n');
	const head = Object.keys(rows[0]);
	const lines = [
		head,
		head.map(() => '---'),
		...rows.map((row) => head.map((key) => textOf(row[key]))),
	];
	const table = lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
	return [`### ${title}`, note, table].join('\n\n');
}

/** A spread as its median (least–most). */
function textOf(cell: Cell): string {
	if (typeof cell === 'string') return cell;
	if (typeof cell === 'number') return decimals(cell);
	const { median, least, most, count } = cell;
	if (count === 0) return '–';
	if (least === most) return decimals(median);
	return `${decimals(median)} (${decimals(least)}–${decimals(most)})`;
}

/** The goals of all sections, then each section. */
export function tablesOf(sections: Section[]): string {
	const goals = goalSection(sections.flatMap((section) => section.goals));
	return [goals, ...sections].map(asMarkdown).join('\n\n');
}

const BEGIN = '<!-- Figures: npm run bench -->';
const END = '<!-- End of the figures -->';
/** The page with these figures in place of the earlier ones. */
export function pageWith(page: string, setting: string, sections: Section[]): string {
	const [before] = page.split(BEGIN);
	const [, after = ''] = page.split(END);
	return [before + BEGIN, setting, tablesOf(sections), END + after].join('\n\n');
}
