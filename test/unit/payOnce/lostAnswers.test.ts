import { describe, expect, it } from '@jest/globals';

import { leftBehind } from '../../../nodes/Luma/jobs/items';
import type { RunParts } from '../../../nodes/Luma/jobs/run';
import { withWebhookConfig } from '../../../nodes/Luma/piapi/webhookTag';
import {
	configEchoes,
	dialects,
	VirtualClock,
	Simulator,
	type FaultEffect,
} from '../../../simulator';
import { count } from '../../../support/engine/service';
import {
	bodyOf,
	creating,
	virtualRun,
	type VirtualRun,
	type VirtualRunOptions,
} from '../../../support/virtualTime/virtualRun';

const HEADERS = { 'x-api-key': 'simulated-key' };
const AFTER: FaultEffect = { kind: 'reset', afterHandling: true };
const BEFORE: FaultEffect = { kind: 'reset' };

/** Somebody else creates the same as the first item. */
async function createElsewhere(simulator: Simulator, input: object = {}): Promise<void> {
	const body = bodyOf('Scene 0');
	Object.assign(body.input, input);
	await simulator.handle({ method: 'POST', path: '/api/v1/task', headers: HEADERS, body });
}

/** An unsuccessful answer that names its task. */
const NAMED: FaultEffect = {
	kind: 'rewrite',
	body: (body) => ({ code: 500, message: 'internal', data: (body as { data: object }).data }),
};
function firstCalls(many: number): number[] {
	return Array.from({ length: many }, (_, index) => index + 1);
}

function withSecret(secret: string): RunParts['withWebhook'] {
	const webhook = { endpoint: 'https://example.com/hook', secret };
	return (body) => ({ ...body, config: { webhook_config: webhook } });
}

function idsOf({ outcomes }: VirtualRun): unknown[] {
	return outcomes.map(({ taskId }) => taskId);
}

const LOST_ANSWERS: Array<[string, FaultEffect]> = [
	['a reset', AFTER],
	['a page of 504', { kind: 'html', status: 504, afterHandling: true }],
	['a page of 520', { kind: 'html', status: 520, afterHandling: true }],
	['a time-out', { kind: 'hang', afterHandling: true }],
	['an answer that is cut off', { kind: 'cutOff' }],
	['an answer that comes too late', { kind: 'slow', seconds: 75 }],
	[
		'a success without a task',
		{ kind: 'answer', status: 200, body: { code: 200, data: null }, afterHandling: true },
	],
];

describe.each(LOST_ANSWERS)('%s instead of the answer to a create', (_, effect) => {
	it('is followed by a search for the task, which then continues as usual', async () => {
		const { simulator, outcomes, ledger } = await virtualRun({
			service: { faults: [{ route: 'create', effect }] },
		});

		const [taskId] = simulator.tasks.keys();
		expect(outcomes[0]).toMatchObject({ taskId, task: { status: 'completed' } });
		expect(outcomes[0].error).toBeUndefined();
		expect(count(simulator, 'create')).toBe(1);
		expect(Object.values(ledger)).toMatchObject([{ taskId, costUsd: 0.2 }]);
	});
});

it('takes the task whose id is in the rejection', async () => {
	const { simulator, outcomes } = await virtualRun({
		service: {
			seed: 'known',
			faults: [
				{
					route: 'create',
					effect: {
						kind: 'answer',
						status: 500,
						body: { code: 500, data: { task_id: await firstIdOf('known') } },
						afterHandling: true,
					},
				},
			],
		},
	});

	expect(outcomes[0].task?.status).toBe('completed');
	expect(count(simulator, 'history')).toBe(0);
});

async function firstIdOf(seed: string): Promise<string> {
	const { simulator } = await virtualRun({ service: { seed } });
	return [...simulator.tasks.keys()][0];
}

it('says that a task may have been created, when and what to do, and creates no other', async () => {
	const { simulator, outcomes, clock, startedAt } = await virtualRun({
		service: { faults: [{ route: 'create', effect: BEFORE }] },
	});

	const { error } = outcomes[0];
	expect(error?.code).toBe('creationUnconfirmed');
	expect(error?.details.technicalDetail).toContain('2026-01-07 01:36:');
	expect(count(simulator, 'create')).toBe(1);
	expect(clock.now() - startedAt).toBeLessThan(75_000);
});

describe.each(configEchoes.filter((echo) => echo !== 'asSent'))(
	'when PiAPI gives config back %s',
	(configEcho) => {
		it('adopts no task, creates no other, and names the ones with the same prompt', async () => {
			const run = await virtualRun({
				before: async (simulator) => await createElsewhere(simulator),
				service: { configEcho, faults: [{ route: 'create', calls: [2], effect: AFTER }] },
			});

			const [{ error, taskId }] = run.outcomes;
			expect(error?.code).toBe('creationUnconfirmed');
			expect(taskId).toBeUndefined();
			for (const id of run.simulator.tasks.keys()) {
				expect(error?.details.technicalDetail).toContain(id);
			}
			expect(count(run.simulator, 'create')).toBe(2);
		});
	},
);

it('names no task with another prompt or with the tag of another create', async () => {
	const run = await virtualRun({
		before: async (simulator) => {
			await createElsewhere(simulator, { prompt: 'Something else' });
		},
		service: { faults: [{ route: 'create', calls: [2], effect: BEFORE }] },
		requests: [creating('Scene 0'), creating('Scene 0')],
		maxConcurrency: 1,
	});

	const { error } = run.outcomes[0];
	expect(error?.code).toBe('creationUnconfirmed');
	for (const id of run.simulator.tasks.keys()) {
		expect(error?.details.technicalDetail).not.toContain(id);
	}
});

it('adopts no task when the create carries a secret of the user, and names it', async () => {
	const run = await virtualRun({
		withWebhook: withSecret('chosen by the user'),
		service: { faults: [{ route: 'create', effect: AFTER }] },
	});

	expect(run.outcomes[0].error?.code).toBe('creationUnconfirmed');
	const [taskId] = run.simulator.tasks.keys();
	expect(run.outcomes[0].error?.details.technicalDetail).toContain(taskId);
});

it('says that a task may exist when the create carried no tag, and never creates a second one', async () => {
	const options: VirtualRunOptions = {
		withWebhook: (body) => withWebhookConfig(body, {}),
		service: { faults: [{ route: 'create', calls: [1], effect: AFTER }] },
	};
	const first = await virtualRun(options);
	const second = await virtualRun({ ...options, after: first });
	const [taskId] = first.simulator.tasks.keys();

	for (const { outcomes } of [first, second]) {
		expect(outcomes[0].error?.code).toBe('creationUnconfirmed');
		expect(outcomes[0].taskId).toBeUndefined();
		expect(outcomes[0].error?.details.technicalDetail).toContain(taskId);
	}
	expect(count(first.simulator, 'create')).toBe(1);
});

it('is still found when the task list lags behind by a minute', async () => {
	const { outcomes } = await virtualRun({
		service: {
			renderSeconds: 5,
			faults: [
				{ route: 'create', effect: AFTER },
				{ route: 'history', calls: 'every', effect: { kind: 'lag', seconds: 60 } },
			],
		},
	});

	expect(outcomes[0].task?.status).toBe('completed');
});

it('is still found when the list goes wrong for a while', async () => {
	const { outcomes } = await virtualRun({
		service: {
			faults: [
				{ route: 'create', effect: AFTER },
				{ route: 'history', calls: [1], effect: { kind: 'html', status: 502 } },
				{ route: 'history', calls: [2], effect: { kind: 'hang' } },
				{
					route: 'history',
					calls: [3],
					effect: {
						kind: 'answer',
						status: 200,
						body: { code: 200, data: { data: [null, 7, {}] } },
					},
				},
				{ route: 'read', calls: [1], effect: { kind: 'answer', status: 404 } },
			],
		},
	});

	expect(outcomes[0].task?.status).toBe('completed');
});

describe.each(dialects)('with tasks in the form “%s”', (dialect) => {
	it('finds the task, with the names of the list in either case', async () => {
		const { outcomes } = await virtualRun({
			service: { dialect, historyCase: 'camel', faults: [{ route: 'create', effect: AFTER }] },
		});

		expect(outcomes[0].task?.status).toBe('completed');
	});
});

describe.each([0, 11 * 60_000, -11 * 60_000, 9 * 3_600_000, -9 * 3_600_000])(
	'with a clock that is %d ms ahead',
	(clockAheadMs) => {
		it.each([86_400, 120, 3, 1, 0.2])(
			'never takes the same task of %d s before for its own',
			async (ageSeconds) => {
				const run = await virtualRun({
					clockAheadMs,
					before: async (simulator, clock) => {
						await createElsewhere(simulator);
						await clock.sleep(ageSeconds * 1000);
					},
					service: { faults: [{ route: 'create', calls: [2], effect: BEFORE }] },
				});

				expect(run.outcomes[0].error?.code).toBe('creationUnconfirmed');
			},
		);

		it('finds its own beside the same task of a moment before', async () => {
			const run = await virtualRun({
				clockAheadMs,
				before: async (simulator, clock) => {
					await createElsewhere(simulator);
					await clock.sleep(150);
				},
				service: { faults: [{ route: 'create', calls: [2], effect: AFTER }] },
			});

			expect(idsOf(run)).toEqual([[...run.simulator.tasks.keys()][1]]);
		});
	},
);

it.each([30, 86_400])(
	'never takes the same task that another program creates %d s later, in this run or in a retry',
	async (laterSeconds) => {
		const options = {
			service: { faults: [{ route: 'create' as const, effect: BEFORE }] },
			before: async (simulator: Simulator, clock: VirtualClock) => {
				void clock.sleep(laterSeconds * 1000).then(async () => await createElsewhere(simulator));
			},
		};
		const first = await virtualRun(options);
		await first.clock.run(async () => await first.clock.sleep(laterSeconds * 1000));
		const retry = await virtualRun({ after: first });

		expect(first.simulator.tasks.size).toBe(1);
		for (const { outcomes } of [first, retry]) {
			expect(outcomes[0].error?.code).toBe('creationUnconfirmed');
			expect(outcomes[0].taskId).toBeUndefined();
		}
		expect(count(first.simulator, 'create')).toBe(2);
	},
);

it('takes its own of two equal tasks, whichever can be read first', async () => {
	let service: Simulator;
	const run = await virtualRun({
		service: {
			faults: [
				{ route: 'create', calls: [1], effect: AFTER },
				{
					route: 'read',
					calls: [1, 2, 3, 4],
					effect: { kind: 'html', status: 502 },
					when: ({ path }) => path.endsWith([...service.tasks.keys()][0]),
				},
			],
		},
		before: async (simulator, clock) => {
			service = simulator;
			void clock.sleep(300).then(async () => await createElsewhere(simulator));
		},
	});

	expect(idsOf(run)).toEqual([[...run.simulator.tasks.keys()][0]]);
});

it('leaves the task of another execution to that one, although both ask for the same', async () => {
	const clock = new VirtualClock();
	const simulator = new Simulator({
		clock,
		faults: [
			{ route: 'create', calls: [1], effect: BEFORE },
			{ route: 'create', calls: [2], effect: { kind: 'slow', seconds: 10 } },
		],
	});
	const executionAfter = async (seconds: number) =>
		await virtualRun({
			at: { simulator, clock },
			requests: [creating('The same scene')],
			before: async () => await clock.sleep(seconds * 1000),
		});
	const [reset, slow] = await clock.run(
		async () => await Promise.all([executionAfter(0), executionAfter(0.5)]),
	);

	expect(slow.outcomes[0].task?.status).toBe('completed');
	expect(reset.outcomes[0].taskId).toBeUndefined();
	expect(reset.outcomes[0].error?.code).toBe('creationUnconfirmed');
});

it.each([[undefined], ['chosen by the user']])(
	'takes the task that a refusal names, however long it cannot be read (secret: %s)',
	async (secret) => {
		const { simulator, outcomes } = await virtualRun({
			...(secret && { withWebhook: withSecret(secret) }),
			service: {
				faults: [
					{ route: 'create', effect: NAMED },
					{ route: 'history', calls: 'every', effect: { kind: 'html', status: 502 } },
					{ route: 'read', calls: firstCalls(12), effect: { kind: 'html', status: 502 } },
				],
			},
		});

		const [taskId] = simulator.tasks.keys();
		expect(outcomes[0]).toMatchObject({ taskId, task: { status: 'completed' } });
		expect(count(simulator, 'create')).toBe(1);
	},
);

describe('an answer that names a task, whatever else it says', () => {
	const saying = (form: object) => (body: unknown) => {
		const { task_id: taskId } = (body as { data: { task_id: string } }).data;
		return JSON.parse(JSON.stringify(form).replaceAll('ID', taskId)) as unknown;
	};
	const STATUSES = [200, 202, 400, 401, 402, 403, 404, 408, 409, 422, 429, 500, 502, 503, 524];

	it.each(STATUSES.flatMap((status) => [true, false].map((failFast) => ({ status, failFast }))))(
		'is the answer about that task: it is paid once ($status, fail fast: $failFast)',
		async ({ status, failFast }) => {
			const forms = [
				{ code: status, message: 'no', data: { task_id: 'ID' } },
				{ code: 200, data: { taskId: 'ID', status: 'pending' } },
				{ task_id: 'ID' },
				{ code: status, message: 'no', data: { task: { task_id: 'ID' } } },
				{ code: status, message: 'no', data: [{ task_id: 'ID' }] },
			];
			for (const form of forms) {
				const effect: FaultEffect = { kind: 'rewrite', status, body: saying(form) };
				const { simulator, outcomes } = await virtualRun({
					failFast,
					service: { faults: [{ route: 'create', effect }] },
				});
				const [taskId] = simulator.tasks.keys();
				expect(outcomes[0]).toMatchObject({ taskId, task: { status: 'completed' } });
				expect([count(simulator, 'create'), count(simulator, 'history')]).toEqual([1, 0]);
			}
		},
	);

	it('says why, where there is no such task after all, and creates no other by itself', async () => {
		const body = { code: 400, message: 'the ratio is odd', data: { task_id: 'never-made' } };
		const service = {
			faults: [
				{ route: 'create' as const, effect: { kind: 'answer' as const, status: 400, body } },
			],
		};
		const first = await virtualRun({ service });
		const second = await virtualRun({ after: first });

		expect(first.outcomes[0].error).toMatchObject({
			code: 'unknownTask',
			details: { taskId: 'never-made', providerMessage: 'the ratio is odd' },
		});
		expect(second.outcomes[0].error?.code).toBe('taskGone');
		expect(count(first.simulator, 'create')).toBe(1);
	});

	it('fails with the reason when that task has failed', async () => {
		const error = { code: 1, message: '', detail: 'prompt contains banned words' };
		const data = { task_id: 'ID', status: 'failed', error };
		const form = { code: 500, message: 'failed', data };
		const { outcomes, ledger } = await virtualRun({
			service: {
				faults: [{ route: 'create', effect: { kind: 'rewrite', status: 500, body: saying(form) } }],
			},
		});
		expect(outcomes[0].error?.code).toBe('moderated');
		expect(outcomes[0].error?.details.providerMessage).toBe('prompt contains banned words');
		expect(ledger).toEqual({});
	});
});

describe('an answer to a create that is not PiAPI’s', () => {
	const FOREIGN: Array<[string, number, FaultEffect]> = [
		['a page of a firewall', 403, { kind: 'html', status: 403 }],
		['a login page', 200, { kind: 'html', status: 200 }],
		["a proxy's 404", 404, { kind: 'html', status: 404 }],
		["a gateway's 502", 502, { kind: 'html', status: 502 }],
		['nothing at all', 202, { kind: 'answer', status: 202, body: '' }],
		['JSON in another form', 401, { kind: 'answer', status: 401, body: { error: 'denied' } }],
	];
	const wordsOf = ({ outcomes: [{ error }] }: VirtualRun) =>
		`${error?.message} ${error?.remedy} ${error?.details.technicalDetail}`;

	it.each(FOREIGN)('(%s) is followed by a search', async (_, __, effect) => {
		const { simulator, outcomes } = await virtualRun({
			service: {
				faults: [{ route: 'create', effect: { ...effect, afterHandling: true } as never }],
			},
		});
		expect(outcomes[0]).toMatchObject({ task: { status: 'completed' } });
		expect(count(simulator, 'create')).toBe(1);
	});

	it.each(FOREIGN)('(%s) is named as such, in a retry too', async (_, status, effect) => {
		const first = await virtualRun({ service: { faults: [{ route: 'create', effect }] } });
		const retry = await virtualRun({ after: first });
		for (const run of [first, retry]) {
			expect(run.outcomes[0].error?.code).toBe('creationUnconfirmed');
			expect(wordsOf(run)).toMatch(new RegExp(`not PiAPI's.*${status}`));
			expect(wordsOf(run)).toContain('no task of that time has the same prompt');
			expect(wordsOf(run)).not.toContain('Seed');
		}
		expect(count(first.simulator, 'create')).toBe(1);
	});

	it('is not said to have no task where the list could not be read, or not all of it', async () => {
		const unreadable: FaultEffect = { kind: 'html', status: 502 };
		for (const route of ['history', 'read'] as const) {
			const run = await virtualRun({
				before: async (simulator) => await createElsewhere(simulator),
				withWebhook: (body) => body,
				service: {
					faults: [
						{ route: 'create', calls: [2], effect: { kind: 'html', status: 403 } },
						{ route, calls: 'every', effect: unreadable },
					],
				},
			});
			expect(wordsOf(run)).toContain('could not be read');
			expect(wordsOf(run)).not.toContain('no task of that time');
		}
	});

	it.each(['html', 'answer'] as const)(
		'is soon known to be from nowhere when the task list is not there either (%s)',
		async (kind) => {
			const effect = { kind, status: 404 } as const;
			const run = await virtualRun({
				service: {
					faults: [
						{ route: 'create', calls: [1], effect },
						{ route: 'history', calls: 'every', effect },
					],
				},
			});
			const again = await virtualRun({ after: run });

			expect(run.outcomes[0].error?.code).toBe('notPiapi');
			expect(run.clock.now() - run.startedAt).toBeGreaterThan(0);
			expect(run.ledger).not.toHaveProperty('attempt');
			expect(again.outcomes[0].task?.status).toBe('completed');
		},
	);
});

it('names the task of a refusal beside the item that ended the run', async () => {
	const effect: FaultEffect = {
		kind: 'answer',
		status: 500,
		body: { code: 500, data: { task_id: await firstIdOf('known') } },
		afterHandling: true,
	};
	const { simulator, outcomes, jobs } = await virtualRun({
		failFast: true,
		requests: [{}, {}],
		service: {
			seed: 'known',
			faults: [
				{ route: 'create', calls: [1], effect: { kind: 'answer', status: 403 } },
				{ route: 'create', calls: [2], effect },
				{ route: 'read', calls: 'every', effect: { kind: 'html', status: 502 } },
			],
		},
	});

	expect(outcomes[0].error?.code).toBe('planTooLow');
	expect(leftBehind(jobs[0], jobs)).toEqual({
		taskIds: [...simulator.tasks.keys()],
		unconfirmed: [],
		isItemPaid: false,
		priceUsd: 0.4,
	});
});

it('never takes a task that differs in any field', async () => {
	const others = [{ seed: 7 }, { loop: true }, { duration: 10 }, { aspect_ratio: '9:16' }];
	const run = await virtualRun({
		service: {
			faults: [{ route: 'create', calls: [1], effect: { kind: 'hang', seconds: 20 } }],
		},
		before: async (simulator, clock) => {
			void clock.sleep(5000).then(async () => {
				for (const input of others) await createElsewhere(simulator, input);
			});
		},
	});

	expect(run.simulator.tasks.size).toBe(others.length);
	expect(run.outcomes[0].error?.code).toBe('creationUnconfirmed');
});

it('gives each of ten items of the same prompt a task of its own, however many answers get lost', async () => {
	const run = await virtualRun({
		service: {
			faults: [
				{ route: 'create', calls: [2, 5, 6, 9], effect: AFTER },
				{ route: 'create', calls: [3], effect: BEFORE },
				{ route: 'create', calls: [7], effect: { kind: 'slow', seconds: 50 } },
			],
		},
		requests: Array.from({ length: 10 }, () => creating('The same scene')),
	});

	const made = idsOf(run).filter((taskId) => taskId !== undefined);
	expect(new Set(made)).toEqual(new Set(run.simulator.tasks.keys()));
	expect(made).toHaveLength(9);
	expect(run.outcomes.map(({ error }) => error?.code).filter(Boolean)).toEqual([
		'creationUnconfirmed',
	]);
	expect(count(run.simulator, 'create')).toBe(10);
});

it('gives two equal items created at the same moment each its own task', async () => {
	const run = await virtualRun({
		service: {
			faults: [
				{ route: 'create', calls: [1], effect: { kind: 'slow', seconds: 60 } },
				{ route: 'create', calls: [2], effect: { kind: 'cutOff' } },
			],
		},
		requests: [creating('The same scene'), creating('The same scene')],
		maxConcurrency: 1,
	});

	expect(idsOf(run)).toEqual([...run.simulator.tasks.keys()]);
});

it('keeps searching for a lost task although another item ended the run', async () => {
	const run = await virtualRun({
		failFast: true,
		service: {
			faults: [
				{ route: 'create', calls: [1], effect: AFTER },
				{ route: 'create', calls: [2], effect: { kind: 'answer', status: 403 } },
			],
		},
		requests: [{}, {}],
		maxConcurrency: 1,
	});

	expect(run.outcomes[0].taskId).toBe([...run.simulator.tasks.keys()][0]);
	expect(run.outcomes[1].error?.code).toBe('planTooLow');
});

it('ends the search at once when a user stops the execution', async () => {
	const { clock, startedAt } = await virtualRun({
		service: { faults: [{ route: 'create', effect: BEFORE }] },
		stopAfterSeconds: 6,
	});

	expect(clock.now() - startedAt).toBeLessThan(7000);
});

describe('when PiAPI limits requests', () => {
	const busy = (headers: Record<string, string>): FaultEffect => ({
		kind: 'answer',
		status: 429,
		headers,
	});
	const gapOf = ({ simulator }: VirtualRun) => {
		const [first, second] = simulator.calls.filter(({ route }) => route === 'create');
		return (second.at - first.at) / 1000;
	};

	it.each([0, 3_600_000])(
		'the create waits as long as a date in Retry-After says, with a clock %d ms ahead',
		async (clockAheadMs) => {
			const date = new Date(Date.UTC(2026, 0, 7, 1, 36, 38)).toUTCString();
			const run = await virtualRun({
				clockAheadMs,
				service: { faults: [{ route: 'create', effect: busy({ 'retry-after': date }) }] },
			});

			expect(gapOf(run)).toBeGreaterThanOrEqual(30);
			expect(gapOf(run)).toBeLessThanOrEqual(37.5);
		},
	);

	it('the create fails when that would take too long', async () => {
		const run = await virtualRun({
			service: { faults: [{ route: 'create', effect: busy({ 'retry-after': '3600' }) }] },
		});

		expect(run.outcomes[0].error?.code).toBe('tooManyRequests');
		expect(count(run.simulator, 'create')).toBe(1);
		expect(run.ledger).toEqual({});
	});

	it('the create ends after six attempts', async () => {
		const run = await virtualRun({
			service: { faults: [{ route: 'create', calls: 'every', effect: busy({}) }] },
		});

		expect(run.outcomes[0].error?.code).toBe('tooManyRequests');
		expect(count(run.simulator, 'create')).toBe(6);
	});

	it('nothing is created after a stop', async () => {
		const run = await virtualRun({
			service: { faults: [{ route: 'create', effect: busy({ 'retry-after': '20' }) }] },
			stopAfterSeconds: 5,
		});

		expect(count(run.simulator, 'create')).toBe(1);
		expect(run.simulator.tasks.size).toBe(0);
	});
});
