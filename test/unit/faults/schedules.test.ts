/* eslint-disable @n8n/community-nodes/no-restricted-globals, no-console */
import { expect, it } from '@jest/globals';
import fc from 'fast-check';

import { withWebhookConfig } from '../../../nodes/Luma/piapi/webhookTag';
import {
	configEchoes,
	type Fault,
	type SimulatorOptions,
	type SimulatorRequest,
} from '../../../simulator';
import { fault, rewriting } from '../../../support/faults';
import { arbitraryEffect, arbitraryFault } from '../../../support/virtualTime/arbitraryFaults';
import { outcomeOf } from '../../../support/virtualTime/outcome';
import { openAccount, type Account } from '../../../support/virtualTime/simulatedAccount';
import {
	takesOf,
	virtualRun,
	type VirtualRun,
	type VirtualRunOptions,
} from '../../../support/virtualTime/virtualRun';

const firstCalls = (many: number) => [...Array(many + 1).keys()];
const countingAs = (total: number) => rewriting((data) => ({ ...data, total }));

/** A list that cannot be looked at for long, that counts what is not there, or that hides what is. */
const listFault = fc.oneof(
	fc.record({ effect: arbitraryEffect, calls: fc.nat(30).map(firstCalls) }),
	fc.record({
		effect: fc.constantFrom(-1, 0, 1, 1e9).map(countingAs),
		calls: fc.constant('every' as const),
	}),
);

const schedule = fc.record({
	faults: fc.array(arbitraryFault, { maxLength: 6 }),
	listFault: fc.option(listFault, { nil: undefined, freq: 2 }),
	listLagSeconds: fc.constantFrom(0, 0, 5, 30),
	configEcho: fc.constantFrom('asSent' as const, ...configEchoes),
	/** Requests that PiAPI takes in a minute. */
	requestsPerMinute: fc.constantFrom(Infinity, Infinity, Infinity, 10),
	/** Which of two prompts each item has, and how many videos it asks for. */
	items: fc.array(fc.record({ prompt: fc.nat(1), videos: fc.constantFrom(1, 1, 2, 3) }), {
		minLength: 1,
		maxLength: 5,
	}),
	/** Whether creates carry a tag. */
	isTagged: fc.constantFrom(true, true, true, false),
	maxConcurrency: fc.integer({ min: 1, max: 4 }),
	/** US dollars that an execution may spend; a video costs $0.20. */
	maxSpendUsd: fc.constantFrom(0, 0, 0, 0.2, 0.6),
	failFast: fc.boolean(),
	failures: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 2 }),
	stopAfterSeconds: fc.option(fc.nat(120), { nil: undefined, freq: 4 }),
	/** How far n8n's clock is ahead in each try: another process can have another one. */
	clocksAheadMs: fc.array(fc.constantFrom(0, 0, 700_000, -700_000, 9 * 3_600_000), {
		minLength: 1,
		maxLength: 3,
	}),
	/** Who tries again: Retry On Fail or a person, with prompts of the time or not, or an agent. */
	retries: fc.constantFrom('same' as const, 'timed' as const, 'agent' as const),
	retryAfterMs: fc.constantFrom(0, 0, 20_000, 86_400_000),
	/** Another customer of the account orders the same: when, and which of the prompts. */
	rival: fc.array(
		fc.record({
			afterMs: fc.oneof(fc.nat(3_000), fc.nat(120_000), fc.nat(90_000_000)),
			prompt: fc.nat(1),
		}),
		{ maxLength: 4 },
	),
});

type Schedule = typeof schedule extends fc.Arbitrary<infer T> ? T : never;

const PRICE_USD = 0.2;
const RIVAL = 'x-rival';

/** Orders at the times of the plan, whatever befalls the node's own calls; the ids of what it ordered. */
function orderAsRival({ create, later }: Account, { rival }: Schedule): Set<string> {
	const ids = new Set<string>();
	for (const { afterMs, prompt } of rival) {
		later(afterMs, async () => {
			const { data } = await create({ prompt: `Scene ${prompt}` }, undefined, { [RIVAL]: 'yes' });
			if (data) ids.add(data.task_id);
		});
	}
	return ids;
}

function serviceOf({ failures, listFault, listLagSeconds, ...plan }: Schedule): SimulatorOptions {
	const { configEcho, requestsPerMinute } = plan;
	const lag = fault('history', { kind: 'lag', seconds: listLagSeconds }, 'every');
	const faults: Fault[] = [
		...plan.faults,
		...(listFault ? [{ route: 'history' as const, ...listFault }] : []),
		...(listLagSeconds > 0 ? [lag] : []),
	];
	const when = ({ headers }: SimulatorRequest) => !(RIVAL in headers);
	return {
		renderSeconds: 20,
		queueSeconds: 5,
		configEcho,
		requestsPerMinute,
		faults: faults.map((each) => ({ ...each, when })),
		outcome: (_, ordinal) => (failures.includes(ordinal) ? { message: 'no GPU left' } : undefined),
	};
}

/** All tries of a plan, and the tasks of the other customer. */
async function play(plan: Schedule): Promise<{ tries: VirtualRun[]; foreign: Set<string> }> {
	const account = openAccount(serviceOf(plan));
	const foreign = orderAsRival(account, plan);
	const { stopAfterSeconds, clocksAheadMs, maxConcurrency, maxSpendUsd, failFast } = plan;
	const time = () => (plan.retries === 'timed' ? ` at ${account.clock.now()}` : '');
	const optionsOf = (tryIndex: number): VirtualRunOptions => ({
		...{ account, stopAfterSeconds, maxConcurrency, maxSpendUsd, failFast },
		clockAheadMs: clocksAheadMs[tryIndex],
		runIndex: plan.retries === 'agent' ? null : 0,
		requests: plan.items.flatMap(({ prompt, videos }, itemIndex) =>
			takesOf(itemIndex, videos, `Scene ${prompt}${time()}`),
		),
		...(!plan.isTagged && { withWebhook: (body) => withWebhookConfig(body, {}) }),
	});
	const tries = [await virtualRun(optionsOf(0))];
	while (tries.length < clocksAheadMs.length && stopAfterSeconds === undefined) {
		await account.pass(plan.retryAfterMs);
		tries.push(await virtualRun({ ...optionsOf(tries.length), after: tries[tries.length - 1] }));
	}
	if (tries[0].stopped) await account.pass(130_000);
	return { tries, foreign };
}

/** The same schedules every time, so that a red run is the change's doing; SEED=… explores others. */
const RUNS = Number(process.env.SCHEDULES ?? 2000);
const seed = Number(process.env.SEED ?? 2000);

it(
	`loses nothing, pays nothing twice and ends, in ${RUNS} random schedules of faults`,
	async () => {
		let tasks = 0;
		await fc.assert(
			fc.asyncProperty(schedule, async (plan) => {
				const { tries, foreign } = await play(plan);
				const last = tries[tries.length - 1];
				const { paidTwice, lost, shared, paid, taken } = outcomeOf(tries, foreign);
				tasks += paid;

				const isOverLimit = plan.maxSpendUsd > 0 && paid > Math.round(plan.maxSpendUsd / PRICE_USD);
				const found = { paidTwice, lost, shared, taken };
				expect(found).toEqual({ paidTwice: 0, lost: 0, shared: 0, taken: 0 });
				expect(isOverLimit).toBe(false);
				expect(last.outcomes.map(({ request }) => request.itemIndex)).toEqual(
					plan.items.flatMap(({ videos }, item) => Array.from({ length: videos }, () => item)),
				);
				if (plan.failFast || last.stopped) return;
				for (const { task, endedAt, error } of last.outcomes) {
					expect(error?.remedy ?? (endedAt && task?.videoUrl)).toBeTruthy();
				}
			}),
			{ numRuns: RUNS, seed },
		);
		console.info(
			`${RUNS} schedules, ${tasks} tasks paid: 0 lost, 0 paid twice, 0 of another customer's taken`,
		);
	},
	60_000 + RUNS * 50,
);
