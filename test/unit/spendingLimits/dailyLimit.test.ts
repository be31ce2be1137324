import { describe, expect, it } from '@jest/globals';

import { historyFaults, type FaultEffect } from '../../../simulator';
import { answer, fault, RESET } from '../../../support/faults';
import { openLimited } from '../../../support/virtualTime/limitedAccount';
import type { VirtualRun } from '../../../support/virtualTime/virtualRun';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

const slow = (seconds: number): FaultEffect => ({ kind: 'slow', seconds });
const codesOf = (...runs: VirtualRun[]) => runs.flatMap(({ codes }) => codes);
const made = (runs: VirtualRun[]) => codesOf(...runs).filter((code) => !code).length;
const refused = (runs: VirtualRun[]) =>
	codesOf(...runs).filter((code) => code === 'dailyLimit').length;

describe('executions of one process that start at once', () => {
	it('share the limit, and one read of the list', async () => {
		const account = openLimited(4);
		const runs = await account.executeAtOnce(200);

		expect(account.ids()).toHaveLength(20);
		expect(refused(runs)).toBe(180);
		expect(account.count('history')).toBe(1);
	});

	it('go by the price that PiAPI takes as soon as one of them knows it', async () => {
		const account = openLimited(4, { priceUsd: 0.5 });
		await account.execute();
		await account.executeAtOnce(50);

		expect(account.ids()).toHaveLength(8);
	});

	it('exceed the limit by no more than what is under way before a price is known', async () => {
		const account = openLimited(4, { priceUsd: 0.5 });
		const first = await account.executeAtOnce(10);
		const second = await account.executeAtOnce(50);

		expect(made(first)).toBeGreaterThanOrEqual(8);
		expect(refused(second)).toBe(50);
		expect(account.ids().length).toBeLessThanOrEqual(10);
	});

	it.each([
		['is rejected', answer(400)],
		['gets no answer', slow(600)],
	])('go on when the first create %s', async (_, effect) => {
		const account = openLimited(1.2, { faults: [fault('create', effect)] });
		expect(made(await account.executeAtOnce(5))).toBeGreaterThanOrEqual(4);
	});

	it('go on when one that creates is stopped', async () => {
		const faults = [fault('create', slow(5))];
		const { execute } = openLimited(1, { faults });
		const [, other] = await Promise.all([execute({ stopAfterSeconds: 2 }), execute()]);

		expect(other.codes).toEqual([undefined]);
	});

	it('read the list again when the execution whose read they share is stopped', async () => {
		const account = openLimited(4, { faults: [fault('history', slow(2), 'every')] });
		const stopped = account.execute({ stopAfterSeconds: 1 });
		const others = await account.executeAtOnce(2);

		expect((await stopped).stopped).toBe(true);
		expect(codesOf(...others)).toEqual([undefined, undefined]);
		expect(account.ids()).toHaveLength(2);
	});

	it('leave room for all items of one that would end at its first failed item', async () => {
		const account = openLimited(4);
		const execution = async () => await account.execute({ items: 15, failFast: true });
		const runs = await Promise.all([execution(), execution()]);

		expect(account.ids()).toHaveLength(15);
		expect(refused(runs)).toBe(1);
	});
});

describe('what a run has planned and not created leaves its room to others', () => {
	const oneByOne = { failFast: true, maxConcurrency: 1 };

	it('when it was refused', async () => {
		const account = openLimited(0.6, { faults: [fault('create', answer(403))] });
		const first = await account.execute({ ...oneByOne, items: 3 });
		await account.execute({ ...oneByOne, items: 3 });

		expect(first.codes[0]).toBe('planTooLow');
		expect(account.ids()).toHaveLength(3);
	});

	it('when it was stopped', async () => {
		const faults = [fault('create', slow(2), 'every')];
		const { execute, simulator } = openLimited(0.4, { faults });
		await execute({ ...oneByOne, items: 2, stopAfterSeconds: 1 });
		await execute();

		const left = [...simulator.tasks.values()].filter(({ status }) => status !== 'cancelled');
		expect(left).toHaveLength(1);
	});
});

describe('what counts', () => {
	it('is what other programs have created in the last 24 hours', async () => {
		const account = openLimited(0.6);
		await account.createMany(1, { duration: 10 });
		await account.pass(20 * HOUR_MS);
		const first = await account.execute({ items: 2 });
		await account.pass(4 * HOUR_MS + MINUTE_MS);
		const second = await account.execute({ items: 3 });

		expect(first.codes).toEqual([undefined, 'dailyLimit']);
		expect(second.codes).toEqual([undefined, undefined, 'dailyLimit']);
		expect(account.ids()).toHaveLength(4);
	});

	it('is a task once, whether the list shows it or not', async () => {
		const lags = fault('history', historyFaults.lagsBy60Seconds, 'every');
		const account = openLimited(0.6, { faults: [lags] });
		const first = await account.execute({ items: 2 });
		await account.pass(11_000);
		const second = await account.execute();
		await account.pass(HOUR_MS);
		const third = await account.execute();

		expect(made([first, second])).toBe(3);
		expect(third.codes).toEqual(['dailyLimit']);
		expect(account.ids()).toHaveLength(3);
	});

	it('is a task once that a try before has created', async () => {
		const account = openLimited(0.6);
		const options = { items: 3, failFast: true, maxConcurrency: 1 };
		const { ledger } = await account.execute(options);
		const retry = await account.execute({ ...options, ledger });

		expect(retry.codes).toEqual([undefined, undefined, undefined]);
		expect(account.ids()).toHaveLength(3);
	});

	it('is no task that failed, and no create that was rejected', async () => {
		const service = {
			outcome: (_: unknown, ordinal: number) => (ordinal === 1 ? { message: 'no' } : undefined),
			faults: [fault('create', answer(400))],
		};
		const account = openLimited(0.4, service);
		expect((await account.execute()).codes).toEqual(['refusedInput']);
		expect((await account.execute()).codes).toEqual(['generationFailed']);
		const third = await account.execute({ items: 3 });

		expect(third.codes).toEqual([undefined, undefined, 'dailyLimit']);
		expect(account.ids()).toHaveLength(3);
	});

	it('is a create that nobody confirmed, until the list must show its task', async () => {
		const account = openLimited(0.2, { faults: [fault('create', RESET)] });
		expect((await account.execute()).codes).toEqual(['creationUnconfirmed']);
		expect((await account.execute()).codes).toEqual(['dailyLimit']);
		await account.pass(11 * MINUTE_MS);
		expect((await account.execute()).codes).toEqual([undefined]);
	});
});

describe('the message', () => {
	it('says what is spent, since when, and when there is room again', async () => {
		const account = openLimited(0.4);
		await account.execute();
		await account.pass(2 * HOUR_MS);
		await account.execute();
		await account.pass(HOUR_MS);
		const { outcomes } = await account.execute();
		const remedy = outcomes[0].error?.remedy;

		expect(remedy).toContain('have cost $0.40 since');
		expect(remedy).toContain('the limit is $0.40');
		// The first video was created three hours and some seconds ago.
		expect(remedy).toContain('room again in 21 h (');
		expect(remedy).toContain('Nothing was created for this item.');
	});

	it('says that a video which costs more than the limit never fits', async () => {
		const account = openLimited(0.1);
		const { outcomes } = await account.execute();
		expect(outcomes[0].error?.remedy).toContain('never leaves room');
	});
});

it('reads nothing in the next seconds where there is no room, and creates when there is again', async () => {
	const account = openLimited(0.2);
	await account.execute({ wait: undefined });
	const before = account.count('history');
	await account.execute();
	await account.execute();
	expect(account.count('history') - before).toBeLessThanOrEqual(1);
	await account.pass(24 * HOUR_MS);
	await account.execute();

	expect(account.ids()).toHaveLength(2);
});

it('is exceeded across processes by no more than the other one creates between its reads', async () => {
	const account = openLimited(4);
	await account.executeAtOnce(200, [account.newProcess(), account.newProcess()]);

	expect(account.ids().length).toBeGreaterThanOrEqual(20);
	expect(account.ids().length).toBeLessThanOrEqual(40);
});
