import { expect, it } from '@jest/globals';

import { chartOf, panelsOf } from '../../../bench/chart';
import { measureDownload } from '../../../bench/downloads/downloads';
import { judge } from '../../../bench/goals';
import { lengthsAround } from '../../../bench/lateness/row';
import { latenessInVirtualTime } from '../../../bench/lateness/virtual';
import { pageWith } from '../../../bench/page';
import { withProgram } from '../../../bench/program';
import type { Measured, Results } from '../../../bench/results';
import { memoryOf } from '../../../bench/scale/memory';
import { runsOf, scaleRow } from '../../../bench/scale/scale';
import { plainScale, scaleWithSlowAnswers } from '../../../bench/scale/virtual';
import { asText, tablesOf } from '../../../bench/tables';

const lengths = lengthsAround(120, 5);

function resultsOf(measured: Partial<Measured>): Results {
	const all = { lateness: [], scale: [], memory: [], downloads: [], ...measured };
	const setting = {
		date: '2026-01-07T01:36:08.845Z',
		package: '1.2.3',
		node: '20.1.0',
		machine: 'a <box>',
	};
	return { setting, goals: judge(all), ...all };
}

it('in virtual time the loop is late by half its wait, and the plain way by half its pause', async () => {
	const loop = await latenessInVirtualTime('loop', 120, lengths);
	const plain = await latenessInVirtualTime('plain', 120, lengths);

	expect(loop.lateness).toEqual({ median: 6, least: 0, most: 12, count: 5 });
	expect(loop.reads.median).toBe(8);
	expect(plain.lateness.most).toBeLessThan(3);
	expect(plain.reads).toMatchObject({ median: 40, least: 38, most: 42 });
});

it('the node needs fewer reads, and is sooner, when it has seen videos of the kind', async () => {
	const first = await latenessInVirtualTime('poll', 120, lengths);
	const again = await latenessInVirtualTime('pollAgain', 120, lengths);

	expect(again.reads.median).toBeLessThan(first.reads.median);
	expect(again.lateness.median).toBeLessThan(first.lateness.median);
});

it('many items take as long as one, item by item as long as all of them', async () => {
	const [near, far] = [0.001, 0.2].map(
		async (answers) => await scaleWithSlowAnswers(50, 30, answers),
	);

	expect((await near).timesTask.median).toBeLessThan(1.3);
	expect((await far).creating.median).toBeCloseTo((4 * 0.2) / 30, 1);
	expect((await plainScale(10, 30)).timesTask.median).toBeCloseTo(10);
});

it('runs, memory and downloads are measured in processes of their own, and become tables and a picture', async () => {
	const results = await withProgram('serviceApart.ts', async (apart) => {
		const [[run], one, twenty, download] = await Promise.all([
			runsOf([3], 0.5, apart),
			memoryOf(1, 0.3, 1, apart),
			memoryOf(20, 0.3, 1, apart),
			measureDownload(2, 'filesystem', { processes: 2, pairs: 1 }, apart),
		]);
		expect(run.tasks).toHaveLength(3);
		const memory = [one, twenty];
		const facts = { items: 3, way: 'poll', clock: 'engine', answers: 0, taskSeconds: 0.5 } as const;
		return resultsOf({ scale: [scaleRow(facts, [run])], memory, downloads: [download] });
	});
	const [scale] = results.scale;
	expect(scale.timesTask.median).toBeGreaterThan(1);
	expect(scale.readsPerTask.median).toBeGreaterThanOrEqual(1);
	expect(results.memory[1].output.median).toBeGreaterThan(results.memory[0].output.median);
	expect(results.downloads[0]).toMatchObject({ timesPlain: { count: 2 }, memory: { count: 1 } });

	const titles = tablesOf(results).map(({ title }) => title);
	expect(titles).toEqual(['Goals', 'Scale', 'Memory of a run', 'Downloads']);
	for (const { head, rows } of tablesOf(results)) {
		for (const row of rows) expect(row).toHaveLength(head.length);
	}
});

it('a table on the terminal keeps its columns', () => {
	const table = {
		title: 'Cats',
		note: '',
		head: ['Name', 'Lives'],
		rows: [
			['Tom', '9'],
			['Ada L.', '7'],
		],
	};
	expect(asText(table)).toBe(['── Cats', 'Name    Lives', 'Tom     9', 'Ada L.  7'].join('\n'));
});

it('the picture has a bar for each way, with the date and the versions', async () => {
	const lateness = [
		await latenessInVirtualTime('poll', 120, lengths),
		await latenessInVirtualTime('loop', 120, lengths),
	];
	const svg = chartOf(resultsOf({ lateness }));

	expect(panelsOf(resultsOf({ lateness })).map(({ bars }) => bars.length)).toEqual([2, 2]);
	expect(svg.match(/<rect /g)).toHaveLength(4);
	expect(svg).toContain('2026-01-07 · n8n-nodes-piapi-luma 1.2.3 · Node 20.1.0 · a &lt;box&gt;');
	expect(svg).toContain('prefers-color-scheme: dark');
	expect(svg).not.toMatch(/NaN|undefined|Infinity/);
});

it('the figures of the page are replaced, and the words around them stay', () => {
	const page =
		'Before\n\n<!-- Figures: npm run bench -->\n\nold\n\n<!-- End of the figures -->\n\nAfter\n';
	const written = pageWith(page, resultsOf({}));

	expect(written).toMatch(/^Before\n/);
	expect(written).toMatch(/\nAfter\n$/);
	expect(written).not.toContain('old');
	expect(written).toContain(
		'Measured on 2026-01-07 with n8n-nodes-piapi-luma 1.2.3, Node.js 20.1.0',
	);
	expect(pageWith(written, resultsOf({}))).toBe(written);
});
