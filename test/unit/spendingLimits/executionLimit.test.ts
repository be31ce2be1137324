import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { Fault } from '../../../simulator';
import { answer, fault, RESET, rewriting } from '../../../support/faults';
import { openAccount } from '../../../support/virtualTime/simulatedAccount';
import {
	creating,
	virtualRun,
	type VirtualRunOptions,
} from '../../../support/virtualTime/virtualRun';

type Input = Record<string, unknown>;

/** A service that takes for each video what its input says. */
function priced(usdOf: (input: Input) => unknown): Fault[] {
	const effect = rewriting<{ input: Input; meta: object }>((data) => {
		const points = Number(usdOf(data.input)) * 10_000_000;
		const usage = { type: 'point', frozen: points, consume: points };
		return { ...data, meta: { ...data.meta, usage } };
	});
	return [fault('create', effect, 'every'), fault('read', effect, 'every')];
}

/** Requests with fields of 'Additional Input'. */
function asking(inputs: Input[]) {
	return inputs.map((input, index) => creating(`Scene ${index}`, input));
}

function copies(many: number, input: Input): Input[] {
	return Array.from({ length: many }, () => input);
}

const spendLimitsIn = (codes: unknown[]) => codes.filter((code) => code === 'spendLimit');

describe.each([1, 10])('with %d at a time', (maxConcurrency) => {
	it.each([
		[0, 6],
		[0.1, 0],
		[0.2, 1],
		[0.6, 3],
		[0.79, 3],
		[5, 6],
	])('a limit of $%d lets %d of six videos be made', async (maxSpendUsd, made) => {
		const run = await virtualRun({ items: 6, maxConcurrency, maxSpendUsd });

		expect(run.simulator.tasks.size).toBe(made);
		expect(spendLimitsIn(run.codes)).toHaveLength(6 - made);
		expect(run.count('create')).toBe(made);
	});

	it('creates nothing when not all fit where the first item in error ends the run', async () => {
		const run = await virtualRun({
			failFast: true,
			items: 4,
			maxConcurrency,
			maxSpendUsd: 0.5,
		});

		expect(run.count('create')).toBe(0);
		expect(run.ledger).toEqual({});
		expect(run.codes).toEqual([undefined, undefined, 'spendLimit', undefined]);
		const remedy = run.outcomes[2].error?.remedy;
		expect(remedy).toContain('about $0.60 more, and the limit is $0.50');
		expect(remedy).toContain('On Error');
	});
});

it('lets a cheaper item have what a dearer one could not', async () => {
	const { codes, outcomes } = await virtualRun({
		requests: [{}, creating('Ten seconds', { duration: 10 }), {}],
		maxConcurrency: 1,
		maxSpendUsd: 0.5,
	});

	expect(codes).toEqual([undefined, 'spendLimit', undefined]);
	expect(outcomes[1].error?.remedy).toContain('$0.20, this video costs about $0.40');
});

it('counts what this execution has paid before, in other rounds too', async () => {
	const limited = { items: 2, maxSpendUsd: 0.5 };
	const first = await virtualRun(limited);
	const second = await virtualRun({ ...limited, after: first, runIndex: 1 });

	expect(first.simulator.tasks.size).toBe(2);
	expect(second.codes).toEqual(['spendLimit', 'spendLimit']);
});

it("counts a model that is not in PiAPI's list at the dearest list price", async () => {
	const requests = asking([{ model: 'ray-v9' }]);
	const run = await virtualRun({ requests, maxSpendUsd: 0.3 });

	expect(run.count('create')).toBe(0);
	expect(run.outcomes[0].error?.remedy).toContain('this video costs about $0.40');
});

it('asks for no room for what a try before has paid', async () => {
	const options = { failFast: true, items: 3, maxSpendUsd: 0.6, maxConcurrency: 1 };
	const first = await virtualRun({ ...options, faults: [fault('create', answer(403), [3])] });
	const retry = await virtualRun({ ...options, after: first });

	expect(retry.simulator.tasks.size).toBe(3);
	expect(retry.outcomes.every(({ task }) => task?.status === 'completed')).toBe(true);
});

it('holds for runs of the node that execute at the same time', async () => {
	const shared = { account: openAccount(), ledger: {}, items: 2, maxSpendUsd: 0.6 };
	const rounds = await Promise.all(
		[0, 1, 2].map(async (runIndex) => await virtualRun({ ...shared, runIndex })),
	);

	expect(shared.account.simulator.tasks.size).toBe(3);
	expect(spendLimitsIn(rounds.flatMap(({ codes }) => codes))).toHaveLength(3);
});

it('records the price that PiAPI reports at the end, for later runs of the node', async () => {
	const withoutPrice = rewriting<{ meta: object }>((data) => {
		return { ...data, meta: { ...data.meta, usage: undefined } };
	});
	const faults = [fault('create', withoutPrice, 'every')];
	const first = await virtualRun({ maxSpendUsd: 1, service: { priceUsd: 0.9 }, faults });
	const later = await virtualRun({ maxSpendUsd: 1, after: first, runIndex: 1 });

	expect(first.simulator.tasks.size).toBe(1);
	expect(later.codes).toEqual(['spendLimit']);
});

const DEAR = { items: 4, maxSpendUsd: 1, service: { priceUsd: 0.5 } };
const IMAGE_URL = 'https://example.com/a.png';
const HIGH = { quality: 'high' };

/** An account with money for all, in which a high quality or an image costs a dollar. */
function twoPrices(maxSpendUsd: number, inputs: Input[]): VirtualRunOptions {
	const faults = priced(({ quality, start_image: image }) => {
		return quality === 'high' || (image && !quality) ? 1 : 0.2;
	});
	return { requests: asking(inputs), maxSpendUsd, service: { balanceUsd: 1000 }, faults };
}

it.each<{ what: string; made: number; options: VirtualRunOptions }>([
	{
		what: 'counts a task of an unconfirmed create, and none that was refused',
		made: 2,
		options: {
			...{ items: 5, maxConcurrency: 1, maxSpendUsd: 0.6 },
			faults: [fault('create', answer(400)), fault('create', RESET, [2])],
		},
	},
	{
		what: 'creates the first video alone, and goes by what PiAPI took for it',
		...{ made: 2, options: DEAR },
	},
	{
		what: 'creates that one alone where the first failed item ends the run',
		...{ made: 1, options: { ...DEAR, failFast: true } },
	},
	...[0, -5, 1_000_000, 0.000003].map((usd) => ({
		what: `counts the list price of a finished video that is said to have cost $${usd}`,
		made: 5,
		options: { items: 10, maxSpendUsd: 1, maxConcurrency: 1, faults: priced(() => usd) },
	})),
	{
		what: 'does not count a dearer kind of video at the price of others',
		...{ made: 20, options: twoPrices(20, [{}, ...copies(99, HIGH)]) },
	},
	{
		what: 'knows a price whatever the prompt, the seed and the images',
		made: 5,
		options: twoPrices(
			5,
			copies(30, HIGH).map((input, seed) => {
				return { ...input, seed, start_image: `${IMAGE_URL}?${seed}` };
			}),
		),
	},
	{
		what: 'knows no price with another number of images',
		...{ made: 3, options: twoPrices(2.2, [{}, ...copies(9, { start_image: IMAGE_URL })]) },
	},
])('$what: $made videos', async ({ made, options }) => {
	expect((await virtualRun(options)).simulator.tasks.size).toBe(made);
});

it.each([-2000, 0, 0.001, '-10', null, 'long', [], {}])(
	'expects no video to cost less than the shortest one, with a duration of %j',
	async (duration) => {
		const run = await virtualRun({ requests: asking([{ duration }]), maxSpendUsd: 0.19 });
		expect(run.codes).toEqual(['spendLimit']);
	},
);

const schedule = fc.record({
	/** What PiAPI takes for each video, and how long it takes to say so. */
	videos: fc.array(
		fc.record({ usd: fc.constantFrom(0.2, 0.5, 1, 5), answersAfterMs: fc.nat(9_000) }),
		{ minLength: 1, maxLength: 40 },
	),
	maxConcurrency: fc.integer({ min: 1, max: 5 }),
	maxSpendUsd: fc.constantFrom(1, 4, 20),
	failFast: fc.boolean(),
	isEachItsOwnKind: fc.boolean(),
});

it('exceeds a limit by what is in flight at most, whatever the prices are', async () => {
	await fc.assert(
		fc.asyncProperty(schedule, async ({ videos, isEachItsOwnKind, ...settings }) => {
			const faults = priced(({ quality }) => quality);
			const account = openAccount({ queueSeconds: 0, balanceUsd: 1000, faults });
			const waits = videos.map(({ answersAfterMs }) => answersAfterMs);
			await virtualRun({
				...settings,
				account,
				requests: videos.map(({ usd }, index) =>
					creating('Scene', { quality: usd, ...(isEachItsOwnKind && { number: index }) }),
				),
				through: (transport) => async (request) => {
					const received = await transport(request);
					if (request.method === 'POST') await account.clock.sleep(waits.pop() ?? 0);
					return received;
				},
			});
			const { tasks } = account.simulator;
			const spent = [...tasks.values()].map(({ input }) => Number(input.quality));
			spent.sort((one, other) => other - one);

			const known = spent.slice(settings.maxConcurrency).reduce((sum, usd) => sum + usd, 0);
			expect(known).toBeLessThanOrEqual(settings.maxSpendUsd + 1e-9);
		}),
		{ numRuns: 300, seed: 26 },
	);
});
