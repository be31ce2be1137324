import { linearRegression, max, median, min } from 'simple-statistics';

/** Several measurements of the same thing. */
export type Spread = Record<'median' | 'least' | 'most', number>;

/** Of no values at all, the figures are not numbers. */
export function spreadOf(values: number[]): Spread {
	if (values.length === 0) return { median: NaN, least: NaN, most: NaN };
	return { median: median(values), least: min(values), most: max(values) };
}

export type Cell = string | number | Spread;

/** Figures by the heading of their column. */
export type Row = Record<string, Cell>;

/** What one part of the benchmark has found. */
export interface Section {
	title: string;
	/** What is counted. */
	note: string;
	rows: Row[];
	goals: Goal[];
	/** Why goals are missed, if some are. */
	reason: string;
	/** For the beginning of the page. */
	headlines?: Array<[what: string, node: Cell, plain: Cell]>;
	/** When, where and with what it was measured. */
	setting?: string;
}

export type Goal = ReturnType<typeof goal>;

/** Compares a figure with a limit such as `at most 2 s`, which a median of nothing does not meet. */
export function goal(name: string, measured: number, limit: string) {
	const [, value] = /^at most ([\d.]+)/.exec(limit) ?? [];
	if (value === undefined) throw new Error(`Not a limit: ${limit}`);
	return { goal: name, measured, limit, isMet: measured <= Number(value) };
}

/** How all columns grow with the first: by exponents, of which 0 is constant and 1 is linear. */
export function growthOf(rows: Array<Record<string, number>>, limit: string) {
	const [sizeName, ...names] = Object.keys(rows[0]);
	const exponents = names.map((name) => {
		const points = rows.map((row) => [Math.log(row[sizeName]), Math.log(row[name])]);
		return [name, linearRegression(points.filter(([, y]) => Number.isFinite(y))).m] as const;
	});
	return {
		rows: [...rows, { [sizeName]: 'Exponent', ...Object.fromEntries(exponents) }],
		goals: exponents.map(([name, exponent]) => goal(`${name} (exponent)`, exponent, limit)),
	};
}

/** The first rows, the goals with a reason for each that is missed, and all tables. */
export function pageOf(sections: Section[]): string {
	const headlines = sections.flatMap((section) => section.headlines ?? []);
	const goals = sections.flatMap((section) => section.goals);
	const rows = goals.map(({ goal: name, limit, measured, isMet }) => {
		return { Goal: name, Limit: limit, Measured: measured, Met: isMet ? 'yes' : 'no' };
	});
	const missed = sections.flatMap((section) =>
		section.goals.flatMap(({ goal: name, isMet }) =>
			isMet ? [] : `- Missed: **${name}**. ${section.reason}`,
		),
	);
	return [
		[...new Set(sections.map(({ setting = '' }) => setting))].join(' '),
		tableOf(
			headlines.map(([What, node, plain]) => ({ What, 'This node': node, 'Plain way': plain })),
		),
		'## Goals',
		tableOf(rows),
		missed.join('\n'),
		...sections.flatMap(({ title, note, rows: own }) => [`## ${title}`, note, tableOf(own)]),
	].join('\n\n');
}

function tableOf(rows: Row[]): string {
	if (rows.length === 0) return '';
	const head = Object.keys(rows[0]);
	const body = rows.map((row) => head.map((name) => textOf(row[name])));
	const lines = [head, head.map(() => '---'), ...body];
	return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** A spread as its median (least–most). */
function textOf(cell: Cell): string {
	if (typeof cell === 'string') return cell;
	if (typeof cell === 'number' || cell === null) return decimals(cell);
	const [middle, least, most] = [cell.median, cell.least, cell.most].map(decimals);
	return least === most ? middle : `${middle} (${least}–${most})`;
}

/** Three significant digits where there are as many. JSON has no NaN, and keeps it as null. */
function decimals(value: number | null): string {
	if (value === null || Number.isNaN(value)) return '–';
	if (Number.isInteger(value)) return String(value);
	const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
	return value.toFixed(digits);
}

const FIGURES = /(?<=<!-- Figures: npm run bench -->)[^]*(?=<!-- End of the figures -->)/;

/** The page with these figures in place of the earlier ones. */
export function pageWith(page: string, sections: Section[]): string {
	return page.replace(FIGURES, () => `\n\n${pageOf(sections)}\n\n`);
}
