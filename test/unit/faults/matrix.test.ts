/* eslint-disable no-console */
import { expect, it } from '@jest/globals';

import type { Fault, FaultEffect } from '../../../simulator';
import { answer, fault, handled, LOST, page, RESET } from '../../../support/faults';
import { outcomeOf, type Outcome } from '../../../support/virtualTime/outcome';
import {
	creating,
	virtualRun,
	type VirtualRun,
	type VirtualRunOptions,
} from '../../../support/virtualTime/virtualRun';

const ITEMS = 5;
const TRIES = 3;
/** The longest that cleaning up after a stop can take. */
const CLEAN_UP_MS = 130_000;

const asRefusal = (body: unknown) => ({ ...(body as object), code: 400, message: 'no' });
const asItIs = (body: unknown) => body;

/** A completed task has no link. */
function withoutOutput(body: unknown): unknown {
	const { data } = body as { data?: object };
	const isTask = data && 'output' in data;
	return isTask ? { ...(body as object), data: { ...data, output: null } } : body;
}

/** Every kind of fault that the simulator has, in the forms that mean something different. */
const EFFECTS: FaultEffect[] = [
	RESET,
	LOST,
	{ kind: 'hang' },
	{ kind: 'hang', seconds: 30, afterHandling: true },
	{ kind: 'slow', seconds: 15 },
	{ kind: 'slow', seconds: 70 },
	{ kind: 'cutOff' },
	{ kind: 'lag', seconds: 30 },
	...[502, 504, 520, 524].map(page),
	handled(page(504)),
	page(200),
	...[302, 400, 401, 402, 403, 404, 408, 429, 500, 503].map((status) => answer(status)),
	handled(answer(500)),
	{ kind: 'answer', status: 429, headers: { 'retry-after': '20' } },
	answer(200, { code: 500, message: 'inside' }),
	handled(answer(200, { code: 200, data: null })),
	handled(answer(200, 'nonsense')),
	answer(500, { code: 500, message: 'failed to freeze point' }),
	// Something other than PiAPI answers.
	...[401, 403, 404].map(page),
	handled(page(403)),
	answer(202, ''),
	handled(answer(202, '')),
	// What was asked for stands in a refusal.
	...[400, 404, 429, 500].map((status) => ({ kind: 'rewrite', status, body: asItIs }) as const),
	...[400, 429, 500].map((status) => ({ kind: 'rewrite', status, body: asRefusal }) as const),
	{ kind: 'rewrite', body: withoutOutput },
];

/** A run that calls the route several times; each of its calls meets all faults. */
interface Row extends VirtualRunOptions {
	route: 'create' | 'read' | 'history' | 'cancel' | 'upload';
	/** What each try, from 0, asks for in another way. */
	at?: (tryIndex: number) => VirtualRunOptions;
}

const EACH_ITEM = Array.from({ length: ITEMS }, (_, item) => item);
const MASKED = 'create, masked secret';

const image = {
	field: 'start_image',
	fileName: 'image.png',
	read: async () => Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
} as const;

function withImage(index: number) {
	const reference = `upload:${index}`;
	const uploads = [{ ...image, reference }];
	return { ...creating(`Scene ${index}`, { start_image: reference }), uploads };
}

function atTime(time: number): VirtualRunOptions {
	return { requests: EACH_ITEM.map((item) => creating(`Scene ${item} at ${time} o'clock`)) };
}

const searching: Row = { route: 'history', faults: [fault('create', LOST, [2, 4])] };

const ROWS: Record<string, Row> = {
	create: { route: 'create' },
	read: { route: 'read' },
	history: searching,
	cancel: { route: 'cancel', service: { queueSeconds: 60 }, stopAfterSeconds: 30 },
	upload: { route: 'upload', requests: EACH_ITEM.map(withImage) },
	'create, prompts of the time': { route: 'create', at: atTime },
	'create, an agent': { route: 'create', runIndex: null },
	[MASKED]: { route: 'create', service: { configEcho: 'maskedSecret' } },
	'list, 10 a minute': { ...searching, service: { requestsPerMinute: 10 } },
};

/** Runs, and retries as n8n would, until all items have their video. */
async function triesOf({ at, ...row }: Row, ...faults: Fault[]): Promise<VirtualRun[]> {
	const options: VirtualRunOptions = {
		...{ ...row, items: ITEMS, service: { renderSeconds: 20, ...row.service } },
		faults: [...(row.faults ?? []), ...faults],
	};
	const tries = [await virtualRun({ ...options, ...at?.(0) })];
	while (tries.length < TRIES && outcomeOf(tries).refused > 0 && !options.stopAfterSeconds) {
		const after = tries[tries.length - 1];
		tries.push(await virtualRun({ ...options, ...at?.(tries.length), after }));
	}
	if (options.stopAfterSeconds) await tries[0].clock.pass(CLEAN_UP_MS);
	return tries;
}

/** Items with neither a video nor an error that helps: with a remedy, and the id of a task there is. */
function unhelped(tries: VirtualRun[]): number[] {
	const { simulator, outcomes } = tries[tries.length - 1];
	return outcomes
		.filter(({ task, taskId, endedAt, error }) => {
			if (!error) return !(endedAt && task?.videoUrl);
			const isThere = taskId !== undefined && simulator.tasks.has(taskId);
			return !error.remedy || (isThere && error.details.taskId !== taskId);
		})
		.map(({ request }) => request.itemIndex);
}

interface Counts {
	faults: number;
	survived: number;
	refused: number;
}

async function tryFault(row: Row, tried: Fault): Promise<Outcome> {
	const tries = await triesOf(row, tried);
	const outcome = outcomeOf(tries);
	const { lost, paidTwice, shared } = outcome;
	const left = row.route === 'cancel' ? [] : unhelped(tries);
	const found = { tried, lost, paidTwice, shared, unhelped: left };
	expect(found).toEqual({ tried, lost: 0, paidTwice: 0, shared: 0, unhelped: [] });
	return outcome;
}

async function tryRow(row: Row): Promise<Counts> {
	const { route } = row;
	const last = (await triesOf(row))[0].count(route);
	expect(last).toBeGreaterThanOrEqual(3);
	const counts: Counts = { faults: 0, survived: 0, refused: 0 };
	for (const effect of EFFECTS) {
		if (effect.kind === 'lag' && route !== 'read' && route !== 'history') continue;
		for (const calls of [[1], [Math.ceil(last / 2)], [last], 'every' as const]) {
			const { refused, paid } = await tryFault(row, fault(route, effect, calls));
			const isSurvived = refused === 0 || (route === 'cancel' && paid === 0);
			counts.faults++;
			counts[isSurvived ? 'survived' : 'refused']++;
		}
	}
	return counts;
}

it('loses no task and pays for none twice, for every fault on every route', async () => {
	const rows: Record<string, Counts> = {};
	for (const [name, row] of Object.entries(ROWS)) rows[name] = await tryRow(row);
	console.table(rows);

	// A task whose tag PiAPI masks cannot be found.
	const { [MASKED]: masked, ...others } = rows;
	expect(masked.faults).toBeGreaterThan(0);
	const sum = (column: keyof Counts) =>
		Object.values(others).reduce((total, counts) => total + counts[column], 0);
	// Most faults are to be survived: a node that refuses everything loses nothing either.
	expect(sum('survived') / sum('faults')).toBeGreaterThan(0.6);
});
