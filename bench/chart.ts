import type { LatenessRow, Results } from './results';
import type { Spread } from './spread';
import { decimals, inItems, WAYS } from './words';

interface Bar {
	label: string;
	value: number;
	/** Drawn as a line over the bar. */
	spread?: Spread;
	/** A yardstick is drawn in grey. */
	isYardstick?: boolean;
}

export interface Panel {
	title: string;
	bars: Bar[];
}

const WIDTH = 400;
const LABEL_WIDTH = 170;
const NUMBER_WIDTH = 48;
const BAR_HEIGHT = 14;
const LINE_HEIGHT = 22;
const TITLE_HEIGHT = 34;
const GAP = 28;
const COLUMNS = 2;
const LONGEST = WIDTH - LABEL_WIDTH - NUMBER_WIDTH;

/** Readable on a light and on a dark page. */
const STYLE = `
	text { font: 12px system-ui, sans-serif; fill: #24292f; }
	.title { font-weight: 600; }
	.small { fill: #6e7781; }
	.own { fill: #2f81f7; }
	.yardstick { fill: #8c959f; }
	.spread { stroke: #24292f; stroke-width: 1; }
	@media (prefers-color-scheme: dark) {
		text { fill: #e6edf3; }
		.small { fill: #9198a1; }
		.spread { stroke: #e6edf3; }
	}`;

/** The figures that a reader compares, as an SVG picture. */
export function chartOf(results: Results): string {
	const { date, package: release, n8n, node, machine } = results.setting;
	const versions = [
		`n8n-nodes-piapi-luma ${release}`,
		n8n && `n8n ${n8n}`,
		`Node ${node}`,
		machine,
	];
	return drawing(panelsOf(results), [date.slice(0, 10), ...versions].filter(Boolean).join(' · '));
}

export function panelsOf(results: Results): Panel[] {
	const { lateness, scale, workers, downloads } = results;
	const around120 = mostReal(lateness.filter(({ taskSeconds }) => taskSeconds === 120));
	return [
		{
			title: 'Seconds late, tasks of 120 s',
			bars: around120.map((row) => latenessBar(row, row.lateness)),
		},
		{
			title: 'Reads per task, tasks of 120 s',
			bars: around120.map((row) => latenessBar(row, row.reads)),
		},
		{
			title: 'Items in one run, in times of one task',
			bars: scale
				.filter(({ clock, way }) => clock === 'engine' || way === 'plain')
				.map(({ items, way, timesTask }) => ({
					label: way === 'plain' ? `${items}, item by item` : inItems(items),
					value: timesTask.median,
					spread: timesTask,
					isYardstick: way === 'plain',
				})),
		},
		{
			title: 'Slot-seconds of 50 executions in queue mode',
			bars: (workers?.rows ?? []).flatMap(({ mode, slotSeconds }) =>
				slotSeconds === null ? [] : [{ label: mode, value: slotSeconds }],
			),
		},
		{
			title: 'Download speed, in times of a plain fetch',
			bars: downloads.map(({ megabytes, mode, timesPlain }) => ({
				label: `${megabytes} MB, ${mode === 'default' ? 'memory' : mode}`,
				value: timesPlain.median,
				spread: timesPlain,
			})),
		},
		{
			title: 'MB of memory for a download',
			bars: downloads.map(({ megabytes, mode, memory }) => ({
				label: `${megabytes} MB, ${mode === 'default' ? 'memory' : mode}`,
				value: memory.median,
				spread: memory,
			})),
		},
	].filter(({ bars }) => bars.length > 0);
}

/** Each way once: as it was in n8n, where it was. */
function mostReal(rows: LatenessRow[]): LatenessRow[] {
	return rows.filter(
		({ way, clock }) =>
			clock === 'n8n' || !rows.some((other) => other.way === way && other.clock === 'n8n'),
	);
}

function latenessBar({ way }: LatenessRow, spread: Spread): Bar {
	return {
		label: WAYS[way],
		value: spread.median,
		spread,
		isYardstick: way === 'loop' || way === 'plain',
	};
}

/** Panels side by side, as many in a row as there are columns. */
export function drawing(panels: Panel[], caption: string): string {
	const parts: string[] = [];
	let top = 0;
	for (let first = 0; first < panels.length; first += COLUMNS) {
		const row = panels.slice(first, first + COLUMNS);
		row.forEach((panel, column) => parts.push(panelAt(panel, column * (WIDTH + GAP), top)));
		top += TITLE_HEIGHT + Math.max(...row.map(({ bars }) => bars.length)) * LINE_HEIGHT + GAP;
	}
	const width = COLUMNS * WIDTH + GAP;
	const height = top + LINE_HEIGHT;
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
		`<title>Measurements</title><style>${STYLE}\n</style>`,
		...parts,
		`<text class="small" x="0" y="${height - 6}">${escaped(caption)}</text>`,
		'</svg>\n',
	].join('\n');
}

function panelAt({ title, bars }: Panel, left: number, top: number): string {
	const most = Math.max(...bars.map(({ value, spread }) => Math.max(value, spread?.most ?? 0)));
	const scale = most > 0 ? LONGEST / most : 0;
	return [
		`<g transform="translate(${left} ${top})">`,
		`<text class="title" x="0" y="16">${escaped(title)}</text>`,
		...bars.map((bar, index) => barAt(bar, TITLE_HEIGHT + index * LINE_HEIGHT, scale)),
		'</g>',
	].join('\n');
}

function barAt({ label, value, spread, isYardstick }: Bar, top: number, scale: number): string {
	const at = (figure: number) => (LABEL_WIDTH + figure * scale).toFixed(1);
	const middle = top + BAR_HEIGHT / 2;
	const end = at(Math.max(value, spread?.most ?? 0));
	const whisker =
		spread && spread.most > spread.least
			? `<line class="spread" x1="${at(spread.least)}" x2="${at(spread.most)}" y1="${middle}" y2="${middle}"/>`
			: '';
	return [
		`<text x="${LABEL_WIDTH - 8}" y="${middle + 4}" text-anchor="end">${escaped(label)}</text>`,
		`<rect class="${isYardstick ? 'yardstick' : 'own'}" x="${LABEL_WIDTH}" y="${top}" width="${(value * scale).toFixed(1)}" height="${BAR_HEIGHT}" rx="2"/>`,
		`${whisker}<text x="${Number(end) + 6}" y="${middle + 4}">${decimals(value)}</text>`,
	].join('\n');
}

function escaped(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
