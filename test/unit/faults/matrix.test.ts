/* eslint-disable no-console */
import { expect, it } from '@jest/globals';

import type { Fault, FaultEffect, Route } from '../../../simulator';
import { count } from '../../../support/engine/service';
import {
	creating,
	virtualRun,
	type VirtualRun,
	type VirtualRunOptions,
} from '../../../support/virtualTime/virtualRun';
import { outcomeOf, type Outcome } from '../../../support/virtualTime/outcome';

const ITEMS = 5;
const TRIES = 3;
/** The longest that cleaning up after a stop can take. */
const CLEAN_UP_MS = 130_000;

/** Every kind of fault that the simulator has, in the forms that mean something different. */
const EFFECTS: FaultEffect[] = [
	{ kind: 'reset' },
	{ kind: 'reset', afterHandling: true },
	{ kind: 'hang' },
	{ kind: 'hang', seconds: 30, afterHandling: true },
	{ kind: 'slow', seconds: 15 },
	{ kind: 'slow', seconds: 70 },
	{ kind: 'cutOff' },
	{ kind: 'lag', seconds: 30 },
	...[502, 504, 520, 524].map((status) => ({ kind: 'html', status }) as const),
	{ kind: 'html', status: 504, afterHandling: true },
	{ kind: 'html', status: 200 },
	...[302, 400, 401, 402, 403, 404, 408, 429, 500, 503].map(
		(status) => ({ kind: 'answer', status }) as const,
	),
	{ kind: 'answer', status: 500, afterHandling: true },
	{ kind: 'answer', status: 429, headers: { 'retry-after': '20' } },
	{ kind: 'answer', status: 200, body: { code: 500, message: 'inside' } },
	{ kind: 'answer', status: 200, body: { code: 200, data: null }, afterHandling: true },
	{ kind: 'answer', status: 200, body: 'nonsense', afterHandling: true },
	{ kind: 'answer', status: 500, body: { code: 500, message: 'failed to freeze point' } },
	// Something other than PiAPI answers.
	...[401, 403, 404].map((status) => ({ kind: 'html', status }) as const),
	{ kind: 'html', status: 403, afterHandling: true },
	{ kind: 'answer', status: 202, body: '' },
	{ kind: 'answer', status: 202, body: '', afterHandling: true },
	// What was asked for stands in a refusal.
	...[400, 404, 429, 500].map(
		(status) => ({ kind: 'rewrite', status, body: (body: unknown) => body }) as const,
	),
	...[400, 429, 500].map((status) => ({ kind: 'rewrite', status, body: asRefusal }) as const),
	// A completed task has no link.
	{ kind: 'rewrite', body: withoutOutput },
];

function asRefusal(body: unknown): unknown {
	return { ...(body as object), code: 400, message: 'no' };
}

function withoutOutput(body: unknown): unknown {
	const { data } = body as { data?: object };
	const isTask = data && 'output' in data;
	return isTask ? { ...(body as object), data: { ...data, output: null } } : body;
}

const ROUTES = ['create', 'read', 'history', 'cancel', 'upload'] as const;
type TriedRoute = (typeof ROUTES)[number];

/** A route with all its faults, and what else is the case. */
interface Row {
	route: TriedRoute;
	name?: string;
	service?: VirtualRunOptions['service'];
	/** What each try, from 0, asks for in another way. */
	at?: (tryIndex: number) => VirtualRunOptions;
}

const MASKED = 'create, masked secret';

const ROWS: Row[] = [
	...ROUTES.map((route) => ({ route })),
	{
		route: 'create',
		name: 'create, prompts of the time',
		at: (tryIndex) => ({
			requests: Array.from({ length: ITEMS }, (_, item) =>
				creating(`Scene ${item} at ${tryIndex} o'clock`),
			),
		}),
	},
	{ route: 'create', name: 'create, an agent', at: () => ({ runIndex: null }) },
	{ route: 'create', name: MASKED, service: { configEcho: 'maskedSecret' } },
	{ route: 'history', name: 'list, 10 a minute', service: { requestsPerMinute: 10 } },
];

const image = {
	field: 'start_image',
	reference: 'upload:1',
	fileName: 'image.png',
	read: async () => Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
} as const;

/** A run that calls the route several times. */
function scenario({ route, service: own }: Row, faults: Fault[]): VirtualRunOptions {
	const lost = { route: 'create', calls: [2, 4], effect: { kind: 'reset', afterHandling: true } };
	const requests = Array.from({ length: ITEMS }, () => ({}));
	const service = { renderSeconds: 20, faults, ...own };
	switch (route) {
		case 'history':
			return { requests, service: { ...service, faults: [lost as Fault, ...faults] } };
		case 'cancel':
			return { requests, service: { ...service, queueSeconds: 60 }, stopAfterSeconds: 30 };
		case 'upload':
			return {
				service,
				requests: requests.map((_, index) => ({
					...withImage(index),
					uploads: [{ ...image, reference: `upload:${index}` }],
				})),
			};
		default:
			return { requests, service };
	}
}

function withImage(index: number) {
	const input = {
		model: 'ray-v2',
		prompt: `Scene ${index}`,
		duration: 5,
		start_image: `upload:${index}`,
	};
	return {
		source: {
			type: 'create',
			body: { model: 'luma', task_type: 'video_generation', input },
		} as const,
	};
}

/** Runs, and retries as n8n would, until all items have their video. */
async function triesOf(options: VirtualRunOptions, { at }: Row): Promise<VirtualRun[]> {
	const tries = [await virtualRun({ ...options, ...at?.(0) })];
	while (tries.length < TRIES && outcomeOf(tries).refused > 0 && !options.stopAfterSeconds) {
		const after = tries[tries.length - 1];
		tries.push(await virtualRun({ ...options, ...at?.(tries.length), after }));
	}
	const { clock } = tries[0];
	if (options.stopAfterSeconds) await clock.run(async () => await clock.sleep(CLEAN_UP_MS));
	return tries;
}

/** Items with neither a video nor a error that helps: with a remedy, and the id of a task there is. */
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
	lost: number;
	paidTwice: number;
}

function add(counts: Counts, outcome: Outcome, stopped: boolean): void {
	counts.faults++;
	if (outcome.refused === 0 || (stopped && outcome.paid === 0)) counts.survived++;
	else counts.refused++;
	counts.lost += outcome.lost;
	counts.paidTwice += outcome.paidTwice;
}

async function tryRow(row: Row): Promise<Counts> {
	const { route } = row;
	const counts: Counts = { faults: 0, survived: 0, refused: 0, lost: 0, paidTwice: 0 };
	const { simulator } = await virtualRun(scenario(row, []));
	const last = count(simulator, route as Route);
	expect(last).toBeGreaterThanOrEqual(3);
	const places = [[1], [Math.ceil(last / 2)], [last], 'every'] as const;
	for (const effect of EFFECTS) {
		if (effect.kind === 'lag' && route !== 'read' && route !== 'history') continue;
		for (const calls of places) {
			const fault: Fault = { route, calls: calls === 'every' ? calls : [...calls], effect };
			const tries = await triesOf(scenario(row, [fault]), row);
			const outcome = outcomeOf(tries);
			const stopped = route === 'cancel';
			const found = {
				fault,
				lost: outcome.lost,
				paidTwice: outcome.paidTwice,
				shared: outcome.shared,
			};
			expect(found).toEqual({ fault, lost: 0, paidTwice: 0, shared: 0 });
			if (!stopped) expect({ fault, unhelped: unhelped(tries) }).toEqual({ fault, unhelped: [] });
			add(counts, outcome, stopped);
		}
	}
	return counts;
}

it('loses no task and pays for none twice, for every fault on every route', async () => {
	const rows = new Map<string, Counts>();
	for (const row of ROWS) rows.set(row.name ?? row.route, await tryRow(row));
	console.info(tableOf(rows));

	const { lost, paidTwice } = totalOf([...rows.values()]);
	expect({ lost, paidTwice }).toEqual({ lost: 0, paidTwice: 0 });
	// A task whose tag PiAPI masks cannot be found.
	rows.delete(MASKED);
	const { survived, refused } = totalOf([...rows.values()]);
	// Most faults are to be survived: a node that refuses everything loses nothing either.
	expect(survived / (survived + refused)).toBeGreaterThan(0.6);
});

const COLUMNS = ['faults', 'survived', 'refused', 'lost', 'paidTwice'] as const;
const TITLES = ['call', 'faults', 'survived', 'refused clearly', 'lost', 'paid twice'];
const WIDTHS = TITLES.map(({ length }, index) => (index === 0 ? 30 : length + 2));

function tableOf(rows: Map<string, Counts>): string {
	const all = [...rows, ['all', totalOf([...rows.values()])] as const];
	const cells = [
		TITLES,
		...all.map(([route, counts]) => [route, ...COLUMNS.map((column) => String(counts[column]))]),
	];
	return cells
		.map((row) => row.map((cell, index) => cell.padStart(WIDTHS[index])).join(''))
		.join('\n');
}

function totalOf(rows: Counts[]): Counts {
	const sum = (column: (typeof COLUMNS)[number]) =>
		rows.reduce((total, counts) => total + counts[column], 0);
	return {
		faults: sum('faults'),
		survived: sum('survived'),
		refused: sum('refused'),
		lost: sum('lost'),
		paidTwice: sum('paidTwice'),
	};
}
