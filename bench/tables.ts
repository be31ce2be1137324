import { table as queueTable } from '../scripts/queue/results';
import { growthPerItem } from './goals';
import type { DownloadRow, LatenessRow, Measured, MemoryRow, Results, ScaleRow } from './results';
import type { Spread } from './spread';
import { decimals, inItems, WAYS, withSpread } from './words';

export interface Table {
	title: string;
	/** What is counted, in a sentence. */
	note: string;
	head: string[];
	rows: string[][];
}

const KB = 1000;

/** All that was measured; a part without rows is left out. */
export function tablesOf(results: Results): Table[] {
	const tables = [
		goalTable(results),
		latenessTable(results.lateness),
		scaleTable(results.scale),
		memoryTable(results.memory),
		workersTable(results),
		downloadTable(results.downloads),
		weightTable(results),
	];
	return tables.filter(({ rows }) => rows.length > 0);
}

function goalTable({ goals }: Results): Table {
	return {
		title: 'Goals',
		note: 'A missed goal says by how much it is missed, and what the figures tell about the reason.',
		head: ['Goal', 'Limit', 'Measured', 'Holds'],
		rows: goals.map(({ goal, limit, measured, missed }) => [
			goal,
			limit,
			measured,
			missed === undefined ? 'yes' : `missed ${missed}`,
		]),
	};
}

function latenessTable(rows: LatenessRow[]): Table {
	return {
		title: 'Lateness',
		note: 'From the end of a task at the service until the next node has the video: median (least–most). The limit is the task’s own time, 1.00.',
		head: ['Task', 'Way', 'Measured', 'Seconds late', '× task’s own time', 'Reads per task'],
		rows: rows.map(({ taskSeconds, way, clock, lateness, timesTask, reads }) => [
			`${taskSeconds} s`,
			WAYS[way],
			`${clock === 'n8n' ? 'in n8n' : 'virtual time'}, ${lateness.count} tasks`,
			withSpread(lateness),
			withSpread(timesTask),
			withSpread(reads),
		]),
	};
}

function scaleTable(rows: ScaleRow[]): Table {
	const measured = ({ clock, answers, timesTask }: ScaleRow) =>
		clock === 'engine'
			? `in n8n’s engine, ${timesTask.count} runs`
			: `virtual time, an answer takes ${answers} s`;
	return {
		title: 'Scale',
		note: 'Items in one run, from the first create to the output, in times of one task.',
		head: ['Items', 'Way', 'Measured', '× one task', 'Creating', 'Reads per task', 'Most reads/s'],
		rows: rows.map((row) => [
			String(row.items),
			row.way === 'plain' ? 'Item by item, a read every 3 s' : WAYS[row.way],
			measured(row),
			withSpread(row.timesTask),
			withSpread(row.creating),
			withSpread(row.readsPerTask),
			String(row.mostReadsPerSecond),
		]),
	};
}

const MEMORY_PARTS = {
	output: 'The output',
	beyond: 'The peak, beyond the output',
	kept: 'Left when the output is gone',
};

function memoryTable(rows: MemoryRow[]): Table {
	const cells = (part: keyof typeof MEMORY_PARTS) => [
		MEMORY_PARTS[part],
		...rows.map((row) => withSpread(inKilobytes(row[part]))),
		decimals((growthPerItem(rows, part) ?? 0) / KB),
	];
	return {
		title: 'Memory of a run',
		note: 'Heap and buffers in kB of a process of its own, each after a garbage collection and beyond what was there before the run.',
		head: ['Counted, kB', ...rows.map(({ items }) => inItems(items)), 'Growth per item'],
		rows: rows.length < 2 ? [] : [cells('output'), cells('beyond'), cells('kept')],
	};
}

function inKilobytes({ median, least, most, count }: Spread): Spread {
	return { median: median / KB, least: least / KB, most: most / KB, count };
}

function workersTable({ workers }: Measured): Table {
	const [head, ...rows] = workers ? cellsOf(queueTable(workers)) : [[]];
	return {
		title: 'Workers',
		note: workers
			? `Queue mode, n8n ${workers.n8n}: ${workers.workers} workers with ${workers.slotsPerWorker} slots each. A slot-second is a second for which a worker’s slot is taken.`
			: '',
		head,
		rows,
	};
}

/** The queue tests' own table: two spaces part its columns. */
function cellsOf(text: string): string[][] {
	return text.split('\n').map((line) => line.trim().split(/ {2,}/));
}

function downloadTable(rows: DownloadRow[]): Table {
	return {
		title: 'Downloads',
		note: 'Beside a plain fetch to disk in the same process. Memory is resident memory beyond that before the download.',
		head: ['Size', 'Binary mode', '× plain', 'MB/s', 'Memory, MB', 'Memory of plain, MB'],
		rows: rows.map((row) => [
			`${row.megabytes} MB`,
			row.mode === 'default' ? 'memory (default)' : row.mode,
			withSpread(row.timesPlain),
			withSpread(row.megabytesPerSecond),
			withSpread(row.memory),
			withSpread(row.plainMemory),
		]),
	};
}

function weightTable({ weight }: Measured): Table {
	if (!weight) return { title: 'Weight', note: '', head: [], rows: [] };
	const { load, timesHttpRequest, tarballBytes, files } = weight;
	return {
		title: 'Weight',
		note: 'The package as npm delivers it, loaded by n8n’s own loader in a fresh process.',
		head: ['Load time, ms', '× n8n’s HTTP Request node', 'Tarball', 'Files'],
		rows: [
			[
				withSpread(load),
				timesHttpRequest ? withSpread(timesHttpRequest) : '–',
				`${decimals(tarballBytes / KB)} kB`,
				String(files),
			],
		],
	};
}

/** For the terminal. */
export function asText({ title, head, rows }: Table): string {
	const lines = [head, ...rows];
	const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
	const text = lines.map((line) =>
		line
			.map((cell, column) => cell.padEnd(widths[column]))
			.join('  ')
			.trimEnd(),
	);
	return [`── ${title}`, ...text].join('\n');
}

export function asMarkdown({ title, note, head, rows }: Table): string {
	const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
	const rule = line(head.map(() => '---'));
	return [`### ${title}`, '', note, '', line(head), rule, ...rows.map(line)].join('\n');
}
