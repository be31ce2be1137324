import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { Simulator, VirtualClock, type Fault } from '../../../simulator';
import { count } from '../../../support/engine/service';
import {
	bodyOf,
	virtualRun,
	type VirtualRunOptions,
} from '../../../support/virtualTime/virtualRun';

/** The answer to a create names no price. */
const createsWithoutPrice: Fault = {
	route: 'create',
	calls: 'every',
	effect: { kind: 'rewrite', body: withoutPrice },
};

function withoutPrice(body: unknown): unknown {
	const { data } = body as { data: { meta: object } };
	return { code: 200, data: { ...data, meta: { ...data.meta, usage: undefined } } };
}

type Input = Record<string, unknown>;

/** A service that takes for each video what its input says. */
function priced(usdOf: (input: Input) => unknown): Fault[] {
	const body = (answer: unknown) => {
		const { data, ...rest } = answer as { data: { input: Input; meta: object } };
		const points = Number(usdOf(data.input)) * 10_000_000;
		const usage = { type: 'point', frozen: points, consume: points };
		return { ...rest, data: { ...data, meta: { ...data.meta, usage } } };
	};
	const effect = { kind: 'rewrite', body } as const;
	return (['create', 'read'] as const).map((route) => ({ route, calls: 'every', effect }));
}

/** A request with fields of 'Additional Input'. */
function asking(input: Input, prompt = 'Scene') {
	const body = bodyOf(prompt);
	return {
		source: { type: 'create' as const, body: { ...body, input: { ...body.input, ...input } } },
	};
}

const items = (length: number) => Array.from({ length }, () => ({}));

describe.each([1, 10])('with %d at a time', (maxConcurrency) => {
	it.each([
		[0, 6],
		[0.1, 0],
		[0.2, 1],
		[0.6, 3],
		[0.79, 3],
		[5, 6],
	])('a limit of $%d lets %d of six videos be made', async (maxSpendUsd, made) => {
		const { simulator, outcomes } = await virtualRun({
			requests: items(6),
			maxConcurrency,
			maxSpendUsd,
		});

		expect(simulator.tasks.size).toBe(made);
		const refused = outcomes.filter(({ error }) => error?.code === 'spendLimit');
		expect(refused).toHaveLength(6 - made);
		expect(count(simulator, 'create')).toBe(made);
	});
});

it('lets a cheaper item have what a dearer one could not', async () => {
	const body = bodyOf('Ten seconds');
	const input = { ...body.input, duration: 10 };
	const long = { source: { type: 'create' as const, body: { ...body, input } } };
	const { outcomes } = await virtualRun({
		requests: [{}, long, {}],
		maxConcurrency: 1,
		maxSpendUsd: 0.5,
	});

	expect(outcomes.map(({ error }) => error?.code)).toEqual([undefined, 'spendLimit', undefined]);
	expect(outcomes[1].error?.remedy).toContain('$0.20, this video costs about $0.40');
});

it('counts what this execution has paid before, in other rounds too', async () => {
	const first = await virtualRun({ requests: items(2), maxSpendUsd: 0.5 });
	const second = await virtualRun({
		after: first,
		runIndex: 1,
		requests: items(2),
		maxSpendUsd: 0.5,
	});

	expect(first.simulator.tasks.size).toBe(2);
	expect(second.outcomes.map(({ error }) => error?.code)).toEqual(['spendLimit', 'spendLimit']);
});

it('counts a task of an unconfirmed create, and none that was refused', async () => {
	const { simulator } = await virtualRun({
		requests: items(5),
		maxConcurrency: 1,
		maxSpendUsd: 0.6,
		service: {
			faults: [
				{ route: 'create', calls: [1], effect: { kind: 'answer', status: 400 } },
				{ route: 'create', calls: [2], effect: { kind: 'reset' } },
			],
		},
	});

	expect(simulator.tasks.size).toBe(2);
});

it("counts a model that is not in PiAPI's list at the dearest list price", async () => {
	const body = bodyOf('Another model');
	const other = { ...body, input: { ...body.input, model: 'ray-v9' } };
	const { simulator, outcomes } = await virtualRun({
		requests: [{ source: { type: 'create', body: other } }],
		maxSpendUsd: 0.3,
	});

	expect(count(simulator, 'create')).toBe(0);
	expect(outcomes[0].error?.remedy).toContain('this video costs about $0.40');
});

describe('with a price that is not the list price', () => {
	/** A service that takes that much for a video, and says so at once or only at the end. */
	const dear = (usd: number, isToldAtOnce = true) => ({
		priceUsd: usd,
		faults: isToldAtOnce ? [] : [createsWithoutPrice],
	});

	it('creates the first video alone, and goes by what PiAPI took for it', async () => {
		const { simulator, outcomes } = await virtualRun({
			requests: items(6),
			maxSpendUsd: 1,
			service: dear(0.5),
		});

		expect(simulator.tasks.size).toBe(2);
		expect(outcomes.filter(({ error }) => error?.code === 'spendLimit')).toHaveLength(4);
	});

	it('creates nothing more than the first where the first failed item ends the run', async () => {
		const { simulator } = await virtualRun({
			requests: items(4),
			maxSpendUsd: 1,
			failFast: true,
			service: dear(0.5),
		});

		expect(simulator.tasks.size).toBe(1);
	});

	it('records the price that PiAPI reports at the end, for later runs of the node', async () => {
		const options = { maxSpendUsd: 1, service: dear(0.9, false) };
		const first = await virtualRun(options);
		let last = first;
		for (const runIndex of [1, 2, 3]) {
			last = await virtualRun({ ...options, after: first, runIndex });
		}

		expect(first.simulator.tasks.size).toBe(1);
		expect(last.outcomes[0].error?.code).toBe('spendLimit');
	});
});

it('holds for runs of the node that execute at the same time', async () => {
	const clock = new VirtualClock();
	const simulator = new Simulator({ clock });
	const ledger: VirtualRunOptions['ledger'] = {};
	const round = async (runIndex: number) =>
		await virtualRun({
			at: { simulator, clock },
			ledger,
			runIndex,
			requests: items(2),
			maxSpendUsd: 0.6,
		});
	const rounds = await clock.run(async () => await Promise.all([0, 1, 2].map(round)));

	expect(simulator.tasks.size).toBe(3);
	const errors = rounds.flatMap(({ outcomes }) => outcomes.map(({ error }) => error));
	expect(errors.filter((error) => error?.code === 'spendLimit')).toHaveLength(3);
});

describe('where the first item in error ends the run', () => {
	it.each([1, 10])(
		'creates nothing when not all fit, with %d at a time',
		async (maxConcurrency) => {
			const { simulator, outcomes, ledger } = await virtualRun({
				failFast: true,
				requests: items(4),
				maxConcurrency,
				maxSpendUsd: 0.5,
			});

			expect(count(simulator, 'create')).toBe(0);
			expect(ledger).toEqual({});
			expect(outcomes.map(({ error }) => error?.code)).toEqual([
				undefined,
				undefined,
				'spendLimit',
				undefined,
			]);
			expect(outcomes[2].error?.remedy).toContain('about $0.60 more, and the limit is $0.50');
			expect(outcomes[2].error?.remedy).toContain('On Error');
		},
	);

	it('asks for no room for what a try before has paid', async () => {
		const options = { failFast: true, requests: items(3), maxSpendUsd: 0.6, maxConcurrency: 1 };
		const first = await virtualRun({
			...options,
			service: {
				faults: [{ route: 'create', calls: [3], effect: { kind: 'answer', status: 403 } }],
			},
		});
		const retry = await virtualRun({ ...options, after: first });

		expect(retry.simulator.tasks.size).toBe(3);
		expect(retry.outcomes.every(({ task }) => task?.status === 'completed')).toBe(true);
	});
});

describe('a kind of price', () => {
	const byQuality = priced(({ quality }) => (quality === 'high' ? 1 : 0.2));

	it('is all that is asked for, so that a dearer one is not counted at the price of others', async () => {
		const { simulator } = await virtualRun({
			requests: [{}, ...items(99).map(() => asking({ quality: 'high' }))],
			maxSpendUsd: 20,
			service: { balanceUsd: 1000, faults: byQuality },
		});

		expect(simulator.tasks.size).toBe(20);
	});

	it('is the same whatever the prompt, the seed and the images', async () => {
		const { simulator } = await virtualRun({
			requests: items(30).map((_, index) =>
				asking(
					{ seed: index, quality: 'high', start_image: `https://example.com/${index}.png` },
					`Scene ${index}`,
				),
			),
			maxSpendUsd: 5,
			service: { balanceUsd: 1000, faults: byQuality },
		});

		expect(simulator.tasks.size).toBe(5);
	});

	it('is another with another number of images', async () => {
		const image = { start_image: 'https://example.com/a.png' };
		const { simulator } = await virtualRun({
			requests: [{}, ...items(9).map(() => asking(image))],
			maxSpendUsd: 2.2,
			maxConcurrency: 10,
			service: { faults: priced(({ start_image }) => (start_image ? 1 : 0.2)) },
		});

		expect(simulator.tasks.size).toBe(3);
	});
});

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
			const clock = new VirtualClock();
			const waits = videos.map(({ answersAfterMs }) => answersAfterMs);
			const { simulator } = await virtualRun({
				...settings,
				clock,
				requests: videos.map(({ usd }, index) =>
					asking({ quality: usd, ...(isEachItsOwnKind && { number: index }) }),
				),
				through: (transport) => async (request) => {
					const answer = await transport(request);
					if (request.method === 'POST') await clock.sleep(waits.pop() ?? 0);
					return answer;
				},
				service: { balanceUsd: 1000, faults: priced(({ quality }) => quality) },
			});
			const spent = [...simulator.tasks.values()].map(({ input }) => Number(input.quality));
			spent.sort((one, other) => other - one);

			const known = spent.slice(settings.maxConcurrency).reduce((sum, usd) => sum + usd, 0);
			expect(known).toBeLessThanOrEqual(settings.maxSpendUsd + 1e-9);
		}),
		{ numRuns: 300, seed: 26 },
	);
});

it.each([0, -5, 1_000_000, 0.000003])(
	'with $%d for a finished video counts its list price',
	async (usd) => {
		const { simulator } = await virtualRun({
			requests: items(10),
			maxSpendUsd: 1,
			maxConcurrency: 1,
			service: { faults: priced(() => usd) },
		});

		expect(simulator.tasks.size).toBe(5);
	},
);

it.each([-2000, 0, 0.001, '-10', null, 'long', [], {}])(
	'expects no video to cost less than the shortest one, with a duration of %j',
	async (duration) => {
		const { simulator } = await virtualRun({
			requests: items(30).map(() => asking({ duration })),
			maxSpendUsd: 1,
			service: { faults: priced(() => 0) },
		});

		expect(simulator.tasks.size).toBeLessThanOrEqual(5);
	},
);
