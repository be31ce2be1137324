/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import execa from 'execa';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { temporaryFolder } from '../scripts/ending';
import { ensureN8n } from '../scripts/install';
import { defaultVersion, repository } from '../scripts/n8n/versions';
import { findPrograms, INSTALL_HINT } from '../scripts/queue/programs';
import type { QueueResults, Row as QueueRow } from '../scripts/queue/results';
import { decimals, goal, type Goal, type Section } from './section';

/** @param tests a pattern for the names of the queue tests that are run */
export async function measureQueue({ tests }: { tests: string }): Promise<Section> {
	if (!findPrograms()) return { ...queueSection(undefined), note: INSTALL_HINT };
	await ensureN8n(defaultVersion);
	const file = join(temporaryFolder('bench'), 'queue.json');
	const words = ['--selectProjects', 'queue', '--testNamePattern', tests];
	const env = { N8N_VERSION: defaultVersion, QUEUE_RESULTS: file, PIAPI_API_KEY: '' };
	const jest = join('node_modules', '.bin', 'jest');
	// A test that fails is a measurement here; a run without figures is not.
	const { all } = await execa(jest, words, { cwd: repository, env, all: true, reject: false });
	const results = existsSync(file)
		? (JSON.parse(readFileSync(file, 'utf8')) as QueueResults)
		: undefined;
	if (!results?.rows.length) throw new Error(all);
	return queueSection(results);
}

export function queueSection(results: QueueResults | undefined): Section {
	const { n8n = '', workers = 0, slotsPerWorker = 0, rows = [] } = results ?? {};
	return {
		title: 'Queue mode',
		note: `n8n ${n8n} in queue mode: ${workers} workers with ${slotsPerWorker} slots each. A slot-second is a second for which an execution holds a worker’s slot.`,
		rows: rows.map((row) => ({
			'Wait Mode': row.mode,
			Executions: row.executions,
			'Wall time, s': row.wallSeconds,
			'× one task': row.timesOneTask ?? '–',
			'Slot-seconds per execution':
				row.slotSeconds === null ? '–' : row.slotSeconds / row.executions,
			'Reads per task': row.readsPerTask,
			Lost: row.lost,
			'Run twice': row.runTwice,
			'Paid twice': row.created - row.executions,
		})),
		goals: rows.flatMap(goalsOf),
	};
}

function goalsOf(row: QueueRow): Goal[] {
	const { mode, executions, lost, runTwice, created } = row;
	const what = `${executions} executions, ${mode}`;
	const wrong = lost + runTwice + Math.abs(created - executions);
	const reason = `${lost} lost, ${runTwice} run twice, ${created} tasks created`;
	const goals = [goal(`Lost, run or paid twice, ${what}`, wrong, 'at most 0', reason)];
	const { slotSeconds, timesOneTask } = row;
	if (!mode.startsWith('suspended') || slotSeconds === null || timesOneTask === null) return goals;
	const held = slotSeconds / executions;
	const slow = `each execution held a slot for ${decimals(held)} s, to create its task and to continue after it`;
	return [
		...goals,
		goal(`Wall time, ${what}`, timesOneTask, 'at most 1.25 × one task', slow),
		goal(`Slot time per execution, ${what}`, held, 'at most 0.4 s', slow),
	];
}
