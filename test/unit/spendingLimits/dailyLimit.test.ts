import { describe, expect, it } from '@jest/globals';

import { historyFaults, type FaultEffect } from '../../../simulator';
import { answer, fault, RESET } from '../../../support/faults';
import { withLimit } from '../../../support/virtualTime/limitedAccount';
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
		await withLimit(4, {}, async (account) => {
			const runs = await account.executeAtOnce(200);

			expect(account.videos).toBe(20);
			expect(refused(runs)).toBe(180);
			expect(account.listReads).toBe(1);
		});
	});

	it('go by the price that PiAPI takes as soon as one of them knows it', async () => {
		await withLimit(4, { priceUsd: 0.5 }, async (account) => {
			await account.execute();
			await account.executeAtOnce(50);

			expect(account.videos).toBe(8);
		});
	});

	it('exceed the limit by no more than what is under way before a price is known', async () => {
		await withLimit(4, { priceUsd: 0.5 }, async (account) => {
			const first = await account.executeAtOnce(10);
			const second = await account.executeAtOnce(50);

			expect(made(first)).toBeGreaterThanOrEqual(8);
			expect(refused(second)).toBe(50);
			expect(account.videos).toBeLessThanOrEqual(10);
		});
	});

	it.each([
		['is rejected', answer(400)],
		['gets no answer', slow(600)],
	])('go on when the first create %s', async (_, effect) => {
		await withLimit(1.2, { faults: [fault('create', effect)] }, async (account) => {
			expect(made(await account.executeAtOnce(5))).toBeGreaterThanOrEqual(4);
		});
	});

	it('go on when one that creates is stopped', async () => {
		const faults = [fault('create', slow(5))];
		await withLimit(1, { faults }, async ({ execute }) => {
			const [, other] = await Promise.all([execute({ stopAfterSeconds: 2 }), execute()]);

			expect(other.codes).toEqual([undefined]);
		});
	});

	it('read the list again when the execution whose read they share is stopped', async () => {
		await withLimit(4, {}, async (account) => {
			account.lists(slow(2));
			const stopped = account.execute({ stopAfterSeconds: 1 });
			const others = await account.executeAtOnce(2);

			expect((await stopped).stopped).toBe(true);
			expect(codesOf(...others)).toEqual([undefined, undefined]);
			expect(account.videos).toBe(2);
		});
	});

	it('leave room for all items of one that would end at its first failed item', async () => {
		await withLimit(4, {}, async (account) => {
			const execution = async () => await account.execute({ items: 15, failFast: true });
			const runs = await Promise.all([execution(), execution()]);

			expect(account.videos).toBe(15);
			expect(refused(runs)).toBe(1);
		});
	});
});

describe('what a run has planned and not created leaves its room to others', () => {
	const oneByOne = { failFast: true, maxConcurrency: 1 };

	it('when it was refused', async () => {
		await withLimit(0.6, { faults: [fault('create', answer(403))] }, async (account) => {
			const first = await account.execute({ ...oneByOne, items: 3 });
			await account.execute({ ...oneByOne, items: 3 });

			expect(first.codes[0]).toBe('planTooLow');
			expect(account.videos).toBe(3);
		});
	});

	it('when it was stopped', async () => {
		const faults = [fault('create', slow(2), 'every')];
		await withLimit(0.4, { faults }, async ({ execute, simulator }) => {
			await execute({ ...oneByOne, items: 2, stopAfterSeconds: 1 });
			await execute();

			const left = [...simulator.tasks.values()].filter(({ status }) => status !== 'cancelled');
			expect(left).toHaveLength(1);
		});
	});
});

describe('what counts', () => {
	it('is what other programs have created in the last 24 hours', async () => {
		await withLimit(0.6, {}, async (account) => {
			await account.createElsewhere(1, { duration: 10 });
			await account.pass(20 * HOUR_MS);
			const first = await account.execute({ items: 2 });
			await account.pass(4 * HOUR_MS + MINUTE_MS);
			const second = await account.execute({ items: 3 });

			expect(first.codes).toEqual([undefined, 'dailyLimit']);
			expect(second.codes).toEqual([undefined, undefined, 'dailyLimit']);
			expect(account.videos).toBe(4);
		});
	});

	it('is a task once, whether the list shows it or not', async () => {
		await withLimit(0.6, {}, async (account) => {
			account.lists(historyFaults.lagsBy60Seconds);
			const first = await account.execute({ items: 2 });
			await account.pass(11_000);
			const second = await account.execute();
			await account.pass(HOUR_MS);
			const third = await account.execute();

			expect(made([first, second])).toBe(3);
			expect(third.codes).toEqual(['dailyLimit']);
			expect(account.videos).toBe(3);
		});
	});

	it('is a task once that a try before has created', async () => {
		await withLimit(0.6, {}, async (account) => {
			const options = { items: 3, failFast: true, maxConcurrency: 1 };
			const { ledger } = await account.execute(options);
			await account.execute({ ...options, ledger });

			expect(account.videos).toBe(3);
		});
	});

	it('is no task that failed, and no create that was rejected', async () => {
		const service = {
			outcome: (_: unknown, ordinal: number) => (ordinal === 1 ? { message: 'no' } : undefined),
			faults: [fault('create', answer(400))],
		};
		await withLimit(0.4, service, async (account) => {
			expect((await account.execute()).codes).toEqual(['refusedInput']);
			expect((await account.execute()).codes).toEqual(['generationFailed']);
			const third = await account.execute({ items: 3 });

			expect(third.codes).toEqual([undefined, undefined, 'dailyLimit']);
			expect(account.videos).toBe(3);
		});
	});

	it('is a create that nobody confirmed, until the list must show its task', async () => {
		await withLimit(0.2, { faults: [fault('create', RESET)] }, async (account) => {
			expect((await account.execute()).codes).toEqual(['creationUnconfirmed']);
			expect((await account.execute()).codes).toEqual(['dailyLimit']);
			await account.pass(11 * MINUTE_MS);
			expect((await account.execute()).codes).toEqual([undefined]);
		});
	});

	it('is what PiAPI took where its price is not the list price', async () => {
		await withLimit(2, { priceUsd: 0.5 }, async (account) => {
			await account.execute({ items: 3 });
			await account.execute({ items: 3 });

			expect(account.videos).toBe(4);
		});
	});
});

describe('the message', () => {
	it('says what is spent, since when, and when there is room again', async () => {
		await withLimit(0.4, {}, async (account) => {
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
	});

	it('says that a video which costs more than the limit never fits', async () => {
		await withLimit(0.1, {}, async (account) => {
			const { outcomes } = await account.execute();
			expect(outcomes[0].error?.remedy).toContain('never leaves room');
		});
	});
});

it('reads nothing in the next seconds where there is no room, and creates when there is again', async () => {
	await withLimit(0.2, {}, async (account) => {
		await account.execute({ wait: undefined });
		const before = account.listReads;
		await account.execute();
		await account.execute();
		expect(account.listReads - before).toBeLessThanOrEqual(1);
		await account.pass(24 * HOUR_MS);
		await account.execute();

		expect(account.videos).toBe(2);
	});
});

it('is exceeded across processes by no more than the other one creates between its reads', async () => {
	await withLimit(4, {}, async (account) => {
		await account.executeAtOnce(200, [account.newProcess(), account.newProcess()]);

		expect(account.videos).toBeGreaterThanOrEqual(20);
		expect(account.videos).toBeLessThanOrEqual(40);
	});
});
