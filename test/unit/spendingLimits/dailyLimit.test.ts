import { describe, expect, it } from '@jest/globals';

import { AccountSpending } from '../../../nodes/Luma/jobs/spending/accountSpending';
import {
	historyFaults,
	Simulator,
	VirtualClock,
	type FaultEffect,
	type SimulatorOptions,
} from '../../../simulator';
import {
	bodyOf,
	virtualRun,
	type VirtualRunOptions,
} from '../../../support/virtualTime/virtualRun';
import { count } from '../../../support/engine/service';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

const items = (length: number) => Array.from({ length }, () => ({}));

/** One n8n process with a daily limit, and a PiAPI beside it. */
function openProcess(limitUsd: number, service: SimulatorOptions = {}) {
	const clock = new VirtualClock();
	const simulator = new Simulator({ clock, queueSeconds: 0, balanceUsd: 1000, ...service });
	const process = () => {
		const daily = { limitUsd, spending: new AccountSpending(clock) };
		return async (options: VirtualRunOptions = {}) =>
			await virtualRun({
				at: { simulator, clock },
				daily,
				...options,
			});
	};
	const execute = process();
	const inTime = async <T>(work: () => Promise<T>) => await clock.run(work);
	/** What is created by others on the account. */
	const createElsewhere = (seconds = 5) => {
		const { input } = bodyOf('Elsewhere');
		void simulator.handle({
			method: 'POST',
			path: '/api/v1/task',
			headers: { 'x-api-key': 'simulated-key' },
			body: { ...bodyOf('Elsewhere'), input: { ...input, duration: seconds } },
		});
	};
	const lists = (effect: FaultEffect) =>
		simulator.addFault({ route: 'history', calls: 'every', effect });
	return { clock, simulator, process, execute, inTime, createElsewhere, lists };
}

/** A list with these contents. */
function listing(contents: (rows: object[]) => object): FaultEffect {
	return {
		kind: 'rewrite',
		body: (body) => ({
			code: 200,
			data: contents((body as { data: { data: object[] } }).data.data),
		}),
	};
}

function codes(runs: Array<Awaited<ReturnType<typeof virtualRun>>>) {
	return runs.flatMap(({ outcomes }) => outcomes.map(({ error }) => error?.code));
}

describe('executions of one process that start at once', () => {
	it('share the limit, and one read of the list', async () => {
		const { simulator, execute, inTime } = openProcess(4);
		const runs = await inTime(
			async () => await Promise.all(Array.from({ length: 200 }, async () => await execute())),
		);

		expect(simulator.tasks.size).toBe(20);
		expect(codes(runs).filter((code) => code === 'dailyLimit')).toHaveLength(180);
		expect(count(simulator, 'history')).toBe(1);
	});

	it('go by the price that PiAPI takes as soon as one of them knows it', async () => {
		const { simulator, execute, inTime } = openProcess(4, { priceUsd: 0.5 });
		await inTime(async () => {
			await execute();
			await Promise.all(Array.from({ length: 50 }, async () => await execute()));
		});

		expect(simulator.tasks.size).toBe(8);
	});

	it('exceed the limit by no more than what is under way before a price is known', async () => {
		const { simulator, execute, inTime } = openProcess(4, { priceUsd: 0.5 });
		const begin = async (executions: number) =>
			await Promise.all(Array.from({ length: executions }, async () => await execute()));
		const [first, second] = await inTime(async () => [await begin(10), await begin(50)]);

		expect(codes(first).filter((code) => code === undefined).length).toBeGreaterThanOrEqual(8);
		expect(codes(second)).toEqual(Array(50).fill('dailyLimit'));
		expect(simulator.tasks.size).toBeLessThanOrEqual(10);
	});

	it.each([
		['is rejected', { kind: 'answer', status: 400 }],
		['gets no answer', { kind: 'slow', seconds: 600 }],
	] as Array<[string, FaultEffect]>)('go on when the first create %s', async (_, effect) => {
		const { simulator, execute, inTime } = openProcess(1.2);
		simulator.addFault({ route: 'create', calls: [1], effect });
		const runs = await inTime(
			async () => await Promise.all(Array.from({ length: 5 }, async () => await execute())),
		);

		expect(codes(runs).filter((code) => code === undefined).length).toBeGreaterThanOrEqual(4);
	});

	it('go on when one that creates is stopped', async () => {
		const { simulator, execute, inTime } = openProcess(1);
		simulator.addFault({ route: 'create', calls: [1], effect: { kind: 'slow', seconds: 5 } });
		const runs = await inTime(
			async () => await Promise.all([execute({ stopAfterSeconds: 2 }), execute()]),
		);

		expect(codes([runs[1]])).toEqual([undefined]);
	});

	it('read the list again when the execution whose read they share is stopped', async () => {
		const { simulator, execute, inTime, lists } = openProcess(4);
		lists({ kind: 'slow', seconds: 2 });
		const [stopped, ...others] = await inTime(
			async () => await Promise.all([execute({ stopAfterSeconds: 1 }), execute(), execute()]),
		);

		expect(stopped.stopped).toBe(true);
		expect(codes(others)).toEqual([undefined, undefined]);
		expect(simulator.tasks.size).toBe(2);
	});

	it('leave room for all items of one that would end at its first failed item', async () => {
		const { simulator, execute, inTime } = openProcess(4);
		const runs = await inTime(
			async () =>
				await Promise.all(
					[15, 15].map(
						async (length) => await execute({ requests: items(length), failFast: true }),
					),
				),
		);

		expect(simulator.tasks.size).toBe(15);
		expect(codes(runs).filter((code) => code === 'dailyLimit')).toHaveLength(1);
	});

	it('use the room of one that was stopped before it created', async () => {
		const { simulator, execute, inTime } = openProcess(0.4);
		simulator.addFault({ route: 'create', calls: 'every', effect: { kind: 'slow', seconds: 2 } });
		await inTime(async () => {
			const first = execute({
				requests: items(2),
				failFast: true,
				maxConcurrency: 1,
				stopAfterSeconds: 1,
			});
			await first;
			await execute({ requests: items(1) });
		});

		const left = [...simulator.tasks.values()].filter(({ status }) => status !== 'cancelled');
		expect(left).toHaveLength(1);
	});
});

it('what a run has planned and not created leaves its room to others', async () => {
	const { simulator, execute, inTime } = openProcess(0.6, {
		faults: [{ route: 'create', calls: [1], effect: { kind: 'answer', status: 403 } }],
	});
	const options = { requests: items(3), failFast: true, maxConcurrency: 1 };
	const runs = await inTime(async () => [await execute(options), await execute(options)]);

	expect(codes(runs)[0]).toBe('planTooLow');
	expect(simulator.tasks.size).toBe(3);
});

describe('what counts', () => {
	it('is what other programs have created in the last 24 hours', async () => {
		const { clock, simulator, execute, inTime, createElsewhere } = openProcess(0.6);
		const runs = await inTime(async () => {
			createElsewhere(10);
			await clock.sleep(20 * HOUR_MS);
			const first = await execute({ requests: items(2) });
			await clock.sleep(4 * HOUR_MS + MINUTE_MS);
			return [first, await execute({ requests: items(3) })];
		});

		expect(codes(runs)).toEqual([undefined, 'dailyLimit', undefined, undefined, 'dailyLimit']);
		expect(simulator.tasks.size).toBe(4);
	});

	it('is a task once, whether the list shows it or not', async () => {
		const { clock, simulator, execute, inTime, lists } = openProcess(0.6);
		lists(historyFaults.lagsBy60Seconds);
		const runs = await inTime(async () => {
			const first = await execute({ requests: items(2) });
			await clock.sleep(11_000);
			const second = await execute();
			await clock.sleep(HOUR_MS);
			return [first, second, await execute()];
		});

		expect(codes(runs)).toEqual([undefined, undefined, undefined, 'dailyLimit']);
		expect(simulator.tasks.size).toBe(3);
	});

	it('is no task that failed, and no create that was rejected', async () => {
		const { simulator, execute, inTime } = openProcess(0.4, {
			outcome: (_, ordinal) => (ordinal === 1 ? { message: 'failed' } : undefined),
			faults: [{ route: 'create', calls: [1], effect: { kind: 'answer', status: 400 } }],
		});
		const runs = await inTime(async () => {
			const first = await execute();
			const second = await execute();
			return [first, second, await execute({ requests: items(3) })];
		});

		expect(codes(runs)).toEqual([
			'refusedInput',
			'generationFailed',
			undefined,
			undefined,
			'dailyLimit',
		]);
		expect(simulator.tasks.size).toBe(3);
	});

	it('is a create that nobody confirmed, until the list must show its task', async () => {
		const { clock, execute, inTime, simulator } = openProcess(0.2);
		simulator.addFault({
			route: 'create',
			calls: [1],
			effect: { kind: 'reset', when: 'before' } as FaultEffect,
		});
		const runs = await inTime(async () => {
			const first = await execute();
			const second = await execute();
			await clock.sleep(11 * MINUTE_MS);
			return [first, second, await execute()];
		});

		expect(codes(runs)).toEqual(['creationUnconfirmed', 'dailyLimit', undefined]);
	});

	it('is what PiAPI took where its price is not the list price', async () => {
		const { simulator, execute, inTime } = openProcess(2, { priceUsd: 0.5 });
		await inTime(async () => {
			await execute({ requests: items(3) });
			await execute({ requests: items(3) });
		});

		expect(simulator.tasks.size).toBe(4);
	});
});

describe('a list that is read', () => {
	it.each<[string, FaultEffect, SimulatorOptions]>([
		['with rows of other models', historyFaults.hasOtherModels, {}],
		['with doubled rows', historyFaults.hasDuplicates, {}],
		['that is not sorted', historyFaults.isUnsorted, {}],
		['with dates that lie ahead', historyFaults.hasFutureDates, {}],
		['with names in another case', { kind: 'slow', seconds: 0 }, { historyCase: 'camel' }],
		[
			'with status words in capitals',
			{ kind: 'slow', seconds: 0 },
			{ statusWords: { completed: 'Completed', failed: 'FAILED' } },
		],
	])('%s is counted right', async (_, effect, service) => {
		const { clock, process, execute, inTime, lists, simulator } = openProcess(1.2, {
			...service,
			outcome: (__, ordinal) => (ordinal === 2 ? { message: 'failed' } : undefined),
		});
		const [first, second] = await inTime(async () => {
			const made = await execute({ requests: items(4) });
			await clock.sleep(MINUTE_MS);
			lists(effect);
			// Another process, which knows only the list.
			return [made, await process()({ requests: items(4) })];
		});

		expect(codes([first]).filter((code) => code === undefined)).toHaveLength(3);
		expect(codes([second]).filter((code) => code === 'dailyLimit')).toHaveLength(1);
		expect(simulator.tasks.size).toBe(7);
	});

	it('without prices counts a task of this process at its own price, others at the dearest', async () => {
		const { clock, process, execute, inTime, lists, simulator } = openProcess(1);
		lists(historyFaults.hasNoUsage);
		await inTime(async () => {
			await execute({ requests: items(2) });
			await clock.sleep(MINUTE_MS);
			await process()({ requests: items(2) });
			expect(simulator.tasks.size).toBe(3);
			await execute({ requests: items(3) });
		});

		// Its own two count $0.40 and the other process's one $0.40: room for one more.
		expect(simulator.tasks.size).toBe(4);
	});

	it.each<[string, (rows: object[]) => object]>([
		['0', (rows) => ({ data: rows, total: 0 })],
		['one', (rows) => ({ data: rows, total: 1 })],
		['a million', (rows) => ({ data: rows, total: 1_000_000 })],
		['less than nothing', (rows) => ({ data: rows, total: -5 })],
		['nothing', (rows) => ({ data: rows })],
	])('that counts %s is believed in what it shows', async (_, contents) => {
		const { clock, simulator, inTime, createElsewhere, lists, execute } = openProcess(30.2);
		lists(listing(contents));
		await inTime(async () => {
			for (let i = 0; i < 150; i++) createElsewhere();
			await clock.sleep(MINUTE_MS);
			await execute({ requests: items(3) });
		});

		expect(simulator.tasks.size).toBe(151);
	});

	it('of a new account is empty, also where null stands for that', async () => {
		const { simulator, execute, inTime, lists } = openProcess(5);
		lists(listing(() => ({ data: null, total: 0 })));
		await inTime(async () => await execute());

		expect(simulator.tasks.size).toBe(1);
	});

	it.each([0, -2_000_000, 'free', null, 30, 4e12, { type: 'luma_quota', consume: 30 }])(
		'with %j for the price of a video counts the dearest one',
		async (usage) => {
			const { clock, simulator, process, inTime, createElsewhere, lists } = openProcess(1.2);
			lists(listing((rows) => ({ data: rows.map((row) => ({ ...row, usage })) })));
			await inTime(async () => {
				createElsewhere();
				createElsewhere();
				await clock.sleep(20 * MINUTE_MS);
				await process()({ requests: items(5) });
			});

			// Two others at $0.40 each leave $0.40.
			expect(simulator.tasks.size).toBe(4);
		},
	);

	it('of videos that an account of one’s own paid costs nothing', async () => {
		const { clock, simulator, process, inTime, createElsewhere, lists } = openProcess(0.2);
		const own = { usage: 0, service_mode: 'private' };
		lists(listing((rows) => ({ data: rows.map((row) => ({ ...row, ...own })) })));
		await inTime(async () => {
			createElsewhere();
			await clock.sleep(MINUTE_MS);
			await process()();
		});

		expect(simulator.tasks.size).toBe(2);
	});

	it('has several pages, back to 24 hours ago and no further', async () => {
		const { clock, simulator, execute, inTime, createElsewhere } = openProcess(50.2);
		const run = await inTime(async () => {
			for (let i = 0; i < 300; i++) createElsewhere();
			await clock.sleep(25 * HOUR_MS);
			for (let i = 0; i < 250; i++) createElsewhere();
			await clock.sleep(MINUTE_MS);
			return await execute({ requests: items(2) });
		});

		expect(codes([run])).toEqual([undefined, 'dailyLimit']);
		expect(count(simulator, 'history')).toBe(3);
	});

	it('of 10,000 tasks is read to its end', async () => {
		const service = { balanceUsd: 10_000, concurrency: 20_000 };
		const { clock, execute, inTime, createElsewhere } = openProcess(2000.2, service);
		const run = await inTime(async () => {
			for (let i = 0; i < 10_000; i++) createElsewhere();
			await clock.sleep(MINUTE_MS);
			return await execute({ requests: items(2) });
		});

		expect(codes([run])).toEqual([undefined, 'dailyLimit']);
	});

	it('without an end is given up, and nothing is created', async () => {
		const { execute, inTime, lists, simulator } = openProcess(5);
		let next = 0;
		lists({
			kind: 'rewrite',
			body: () => ({
				code: 200,
				data: {
					data: Array.from({ length: 100 }, () => ({ task_id: `task-${next++}`, usage: 0 })),
				},
			}),
		});
		const run = await inTime(async () => await execute());

		expect(codes([run])).toEqual(['spendingUnknown']);
		expect(count(simulator, 'history')).toBeLessThanOrEqual(300);
	});

	it('with a date that lies ahead counts for 24 hours from now', async () => {
		const { clock, simulator, execute, inTime, createElsewhere, lists } = openProcess(0.2);
		lists(historyFaults.hasFutureDates);
		const runs = await inTime(async () => {
			createElsewhere();
			await clock.sleep(MINUTE_MS);
			const first = await execute();
			simulator.clearFaults();
			await clock.sleep(25 * HOUR_MS);
			return [first, await execute()];
		});

		expect(codes(runs)).toEqual(['dailyLimit', undefined]);
	});

	it.each([-5, 5])(
		'counts by the clock of PiAPI, from which n8n differs by %d h',
		async (hours) => {
			const clockAheadMs = hours * HOUR_MS;
			const { clock, simulator, inTime, createElsewhere } = openProcess(0.4);
			const spending = new AccountSpending({ now: () => clock.now() + clockAheadMs });
			const run = await inTime(async () => {
				createElsewhere();
				await clock.sleep(22 * HOUR_MS);
				return await virtualRun({
					at: { simulator, clock },
					clockAheadMs,
					daily: { limitUsd: 0.4, spending },
					requests: items(2),
				});
			});

			expect(codes([run])).toEqual([undefined, 'dailyLimit']);
		},
	);
});

describe('a list that cannot be read', () => {
	it.each<[string, FaultEffect]>([
		['answers 500', historyFaults.answers500],
		['is no list', historyFaults.hasNoRows],
		['is nothing', historyFaults.hasNoList],
		['is an empty object', listing(() => ({}))],
		['has null for a list, and counts some', listing(() => ({ data: null, total: 7 }))],
		['has rows that say nothing', historyFaults.hasBrokenRows],
		['has a row without an ID', listing((rows) => ({ data: [...rows, { usage: 2_000_000 }] }))],
		['never answers', { kind: 'slow', seconds: 600 }],
	])('%s: nothing is created, and the message says why', async (_, effect) => {
		const { simulator, execute, inTime, lists } = openProcess(5);
		lists(effect);
		const run = await inTime(async () => await execute({ requests: items(2) }));

		expect(codes([run])).toEqual(['spendingUnknown', 'spendingUnknown']);
		expect(run.outcomes[0].error?.remedy).toContain("'Daily Spending Limit (USD)'");
		expect(count(simulator, 'create')).toBe(0);
		expect(run.ledger).toEqual({});
	});

	it('is asked a few times, not once for each of many executions', async () => {
		const { simulator, execute, inTime, lists } = openProcess(5);
		lists(historyFaults.answers500);
		const runs = await inTime(
			async () => await Promise.all(Array.from({ length: 50 }, async () => await execute())),
		);

		expect(codes(runs).every((code) => code === 'spendingUnknown')).toBe(true);
		expect(count(simulator, 'history')).toBeLessThanOrEqual(6);
	});
});

describe('the message', () => {
	it('says what is spent, since when, and when there is room again', async () => {
		const { clock, execute, inTime } = openProcess(0.4);
		const run = await inTime(async () => {
			await execute();
			await clock.sleep(2 * HOUR_MS);
			await execute();
			await clock.sleep(HOUR_MS);
			return await execute();
		});
		const remedy = run.outcomes[0].error?.remedy;

		expect(remedy).toContain('have cost $0.40 since');
		expect(remedy).toContain('the limit is $0.40');
		// The first video was created three hours and some seconds ago.
		expect(remedy).toContain('room again in 21 h (');
		expect(remedy).toContain('Nothing was created for this item.');
	});

	it('says that a video which costs more than the limit never fits', async () => {
		const { execute, inTime } = openProcess(0.1);
		const run = await inTime(async () => await execute());

		expect(run.outcomes[0].error?.remedy).toContain('never leaves room');
	});
});

it('reads nothing in the next seconds where there is no room, and creates when there is again', async () => {
	const { clock, simulator, execute, inTime } = openProcess(0.2);
	await inTime(async () => {
		await execute({ wait: undefined });
		const before = count(simulator, 'history');
		await execute();
		await execute();
		const after = count(simulator, 'history');
		expect(after - before).toBeLessThanOrEqual(1);
		await clock.sleep(24 * HOUR_MS);
		await execute();
	});

	expect(simulator.tasks.size).toBe(2);
});

it('counts nothing twice when a try before has created it', async () => {
	const { simulator, execute, inTime } = openProcess(0.6);
	await inTime(async () => {
		const first = await execute({
			requests: items(3),
			failFast: true,
			maxConcurrency: 1,
		});
		await execute({ requests: items(3), failFast: true, ledger: first.ledger });
	});

	expect(simulator.tasks.size).toBe(3);
});

it('is exceeded across processes by no more than the other one creates between its reads', async () => {
	const { simulator, process, inTime } = openProcess(4);
	const workers = [process(), process()];
	await inTime(
		async () =>
			await Promise.all(
				workers.flatMap((execute) => Array.from({ length: 100 }, async () => await execute())),
			),
	);

	expect(simulator.tasks.size).toBeGreaterThanOrEqual(20);
	expect(simulator.tasks.size).toBeLessThanOrEqual(40);
});
