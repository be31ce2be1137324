import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { Simulator, VirtualClock } from '../../../simulator';
import { count } from '../../../support/engine/service';
import {
	bodyOf,
	creating,
	takesOf,
	virtualRun,
	type VirtualRun,
} from '../../../support/virtualTime/virtualRun';

const idsOf = ({ outcomes }: VirtualRun) => outcomes.map(({ taskId }) => taskId);

const SHORT = { wait: { timeoutMs: 5000 } };

it('restores its task on a retry instead of creating a second one', async () => {
	const first = await virtualRun({ service: { renderSeconds: 60 }, ...SHORT });
	const second = await virtualRun({ after: first });

	expect(first.outcomes[0].error?.code).toBe('timeLimit');
	expect(second.outcomes[0].task?.status).toBe('completed');
	expect(count(first.simulator, 'create')).toBe(1);
});

describe('a paid task that PiAPI does not know any more', () => {
	const GONE = { kind: 'answer', status: 404 } as const;
	const withoutTask = async (isRestoredBy: string, after: VirtualRun) => {
		after.simulator.addFault({ route: 'read', calls: 'every', effect: GONE });
		const run = await virtualRun({ after, executionId: isRestoredBy });
		after.simulator.clearFaults();
		return run;
	};

	it('is told with a way out: the next Retry makes a new one', async () => {
		const first = await virtualRun({ service: { renderSeconds: 60 }, ...SHORT });
		const second = await withoutTask('2', first);
		const third = await virtualRun({ after: second, executionId: '3' });

		expect(second.outcomes[0].error?.code).toBe('taskGone');
		expect(second.outcomes[0].error?.remedy).toMatch(/new video.*paid.*Retry/);
		expect(third.outcomes[0].task?.status).toBe('completed');
		expect(count(first.simulator, 'create')).toBe(2);
	});

	it('is not replaced by Retry On Fail, nor when it is there again', async () => {
		const first = await virtualRun({ service: { renderSeconds: 60 }, ...SHORT });
		const second = await withoutTask('1', first);
		const third = await virtualRun({ after: second, wait: { timeoutMs: 1_000 } });
		const fourth = await virtualRun({ after: third, executionId: '2' });

		expect(fourth.outcomes[0].task?.status).toBe('completed');
		expect(count(first.simulator, 'create')).toBe(1);
	});

	it('is not replaced when it was never there: its record can come later', async () => {
		const faults = [{ route: 'read' as const, calls: 'every' as const, effect: GONE }];
		const first = await virtualRun({ service: { renderSeconds: 60, faults } });
		first.simulator.clearFaults();
		const second = await virtualRun({ after: first, executionId: '2' });

		expect(first.outcomes[0].error?.code).toBe('unknownTask');
		expect(second.outcomes[0].task?.status).toBe('completed');
		expect(count(first.simulator, 'create')).toBe(1);
	});
});

it('is plain JSON that n8n can store', async () => {
	const first = await virtualRun({ service: { renderSeconds: 60 }, ...SHORT });
	const second = await virtualRun({
		after: first,
		ledger: JSON.parse(JSON.stringify(first.ledger)) as typeof first.ledger,
	});

	expect(count(second.simulator, 'create')).toBe(1);
});

it('creates only what is missing', async () => {
	const requests = [{}, {}, {}];
	const first = await virtualRun({
		failFast: true,
		maxConcurrency: 1,
		service: { faults: [{ route: 'create', calls: [2], effect: { kind: 'answer', status: 402 } }] },
		requests,
	});
	const second = await virtualRun({ after: first, requests });

	expect(second.outcomes.map(({ task }) => task?.status)).toEqual([
		'completed',
		'completed',
		'completed',
	]);
	expect(count(first.simulator, 'create')).toBe(4);
	expect(first.simulator.tasks.size).toBe(3);
});

it('creates a new task after one that failed, which costs nothing', async () => {
	const first = await virtualRun({
		service: { outcome: (_, ordinal) => (ordinal === 1 ? { message: 'no GPU left' } : undefined) },
	});
	const second = await virtualRun({ after: first });

	expect(first.outcomes[0].error?.code).toBe('generationFailed');
	expect(second.outcomes[0].task?.status).toBe('completed');
	expect(first.simulator.tasks.size).toBe(2);
});

it('keeps items of the same request apart', async () => {
	const same = creating('The same scene');
	const first = await virtualRun({ requests: [same, same] });
	const again = await virtualRun({ after: first, requests: [same, same] });

	expect(new Set(idsOf(first)).size).toBe(2);
	expect(idsOf(again)).toEqual(idsOf(first));
});

const input = fc.record(
	{
		model: fc.constantFrom('ray-v1', 'ray-v2'),
		aspect_ratio: fc.constantFrom('16:9', '1:1'),
		loop: fc.boolean(),
		start_image: fc.constantFrom('https://example.com/a.png', 'https://example.com/b.png'),
	},
	{ requiredKeys: [], noNullPrototype: true },
);
const words = fc.record(
	{ prompt: fc.stringMatching(/^[a-z]{1,20}$/), seed: fc.nat() },
	{ noNullPrototype: true },
);

it('finds again whatever differs in prompt and seed alone, and nothing that differs in more', async () => {
	await fc.assert(
		fc.asyncProperty(input, input, words, words, async (one, other, before, now) => {
			const asking = (asked: object) => {
				const body = { ...bodyOf('Scene'), input: { ...asked } };
				return { requests: [{ source: { type: 'create' as const, body } }] };
			};
			const first = await virtualRun(asking({ ...one, ...before }));
			const second = await virtualRun({ after: first, ...asking({ ...other, ...now }) });

			const isSame = JSON.stringify(one) === JSON.stringify(other);
			expect(idsOf(second)[0] === idsOf(first)[0]).toBe(isSame);
			expect(first.simulator.tasks.size).toBe(isSame ? 1 : 2);
			if (isSame) expect(second.outcomes[0].task?.prompt).toBe(before.prompt);
		}),
	);
});

describe('several videos of one item', () => {
	it('are each restored in their place', async () => {
		const requests = [...takesOf(0, 3, 'The same scene'), ...takesOf(1, 2, 'The same scene')];
		const first = await virtualRun({ requests });
		const second = await virtualRun({ after: first, requests });

		expect(new Set(idsOf(first)).size).toBe(5);
		expect(idsOf(second)).toEqual(idsOf(first));
		expect(first.simulator.tasks.size).toBe(5);
	});

	it('are restored although their prompt differs each time', async () => {
		const first = await virtualRun({ requests: takesOf(0, 3, 'A scene at 10:00') });
		const second = await virtualRun({ after: first, requests: takesOf(0, 3, 'A scene at 10:01') });

		expect(idsOf(second)).toEqual(idsOf(first));
		expect(first.simulator.tasks.size).toBe(3);
	});

	it('are adopted one by one when the answers to their creates were lost', async () => {
		const requests = takesOf(0, 3, 'The same scene');
		const lost = { kind: 'reset', afterHandling: true } as const;
		const { outcomes, simulator } = await virtualRun({
			requests,
			service: { faults: [{ route: 'create', calls: 'every', effect: lost }] },
		});

		expect(outcomes.map(({ task }) => task?.status)).toEqual(Array(3).fill('completed'));
		expect(new Set(outcomes.map(({ taskId }) => taskId))).toEqual(new Set(simulator.tasks.keys()));
		expect(count(simulator, 'create')).toBe(3);
	});
});

it('keeps the runs of a loop apart', async () => {
	const first = await virtualRun({ runIndex: 0 });
	const second = await virtualRun({ after: first, runIndex: 1 });
	const retried = await virtualRun({ after: second, runIndex: 1 });

	expect(first.simulator.tasks.size).toBe(2);
	expect(retried.outcomes[0].taskId).toBe(second.outcomes[0].taskId);
});

describe('a call of an agent', () => {
	const CALL = { runIndex: null, requests: [creating('The same scene')] };

	it.each([
		['was delivered', {}],
		['was not finished in time', { wait: { timeoutMs: 5000 }, service: { renderSeconds: 60 } }],
	])('gets the video of an earlier call for the same that %s', async (_, earlier) => {
		const first = await virtualRun({ ...CALL, ...earlier });
		const second = await virtualRun({ ...CALL, after: first });

		expect(second.outcomes[0].task?.status).toBe('completed');
		expect(idsOf(second)).toEqual(idsOf(first));
		expect(first.simulator.tasks.size).toBe(1);
	});

	it.each([
		['another prompt', [creating('Another scene')]],
		['two videos', takesOf(0, 2, 'The same scene')],
	])('gets what it asks for when that is %s', async (_, requests) => {
		const first = await virtualRun(CALL);
		const second = await virtualRun({ ...CALL, requests, after: first });

		expect(idsOf(second)).not.toContain(idsOf(first)[0]);
		expect(first.simulator.tasks.size).toBe(1 + requests.length);
	});

	it.each([
		['is made', [], 1],
		['is refused, and makes it', [{ kind: 'answer', status: 402 }], 2],
		['is made with a lost answer', [{ kind: 'reset', afterHandling: true }], 1],
	] as const)('waits for the create of another call that %s', async (_, effects, creates) => {
		const clock = new VirtualClock();
		const faults = effects.map((effect) => ({ route: 'create' as const, effect }));
		const at = { clock, simulator: new Simulator({ clock, answerSeconds: 3, faults }) };
		const ledger = {};
		const calls = await clock.run(
			async () =>
				await Promise.all(
					[0, 0, 1].map(async (seconds) => {
						const before = async () => await clock.sleep(seconds * 1000);
						return await virtualRun({ ...CALL, at, ledger, before });
					}),
				),
		);

		const [taskId] = at.simulator.tasks.keys();
		expect(new Set(calls.flatMap(idsOf))).toEqual(
			new Set([taskId, ...(creates > 1 ? [undefined] : [])]),
		);
		expect(count(at.simulator, 'create')).toBe(creates);
		expect(at.simulator.tasks.size).toBe(1);
	});
});

it('recognises the request although the webhook address has changed', async () => {
	const withCallback = (endpoint: string) => {
		const body = { ...bodyOf('Scene 0'), config: { webhook_config: { endpoint } } };
		return { source: { type: 'create' as const, body } };
	};
	const first = await virtualRun({ requests: [withCallback('https://n8n.test/1')] });
	const second = await virtualRun({ after: first, requests: [withCallback('https://n8n.test/2')] });

	expect(second.outcomes[0].taskId).toBe(first.outcomes[0].taskId);
});

it('recognises the request although its fields are in another order', async () => {
	const asking = (own: object) => {
		const body = { ...bodyOf('Scene 0'), input: { ...own, prompt: 'Scene 0' } };
		return { requests: [{ source: { type: 'create' as const, body } }] };
	};
	const first = await virtualRun(asking({ a: 1, b: { c: 2, d: { toString: 3 } } }));
	const second = await virtualRun({
		after: first,
		...asking({ b: { d: { toString: 3 }, c: 2 }, a: 1 }),
	});

	expect(idsOf(second)).toEqual(idsOf(first));
});

it('reads a task of an earlier try once, where nothing waits', async () => {
	const requests = [{ wait: undefined }];
	const first = await virtualRun({ requests });
	const second = await virtualRun({ after: first, requests });

	expect(second.outcomes[0].task?.taskId).toBe(first.outcomes[0].taskId);
	expect(count(first.simulator, 'create')).toBe(1);
	expect(count(first.simulator, 'read')).toBe(1);
});

it('searches again on a retry for a task of an unconfirmed create, and never creates a second one', async () => {
	const first = await virtualRun({
		service: {
			renderSeconds: 5,
			faults: [
				{ route: 'create', effect: { kind: 'reset', afterHandling: true } },
				{ route: 'history', calls: 'every', effect: { kind: 'lag', seconds: 3600 } },
			],
		},
	});
	const second = await virtualRun({ after: first });
	first.simulator.clearFaults();
	const third = await virtualRun({ after: first });

	expect(first.outcomes[0].error?.code).toBe('creationUnconfirmed');
	expect(second.outcomes[0].error?.code).toBe('creationUnconfirmed');
	expect(second.outcomes[0].error?.details.technicalDetail).toContain('2026-01-07 01:36:');
	expect(third.outcomes[0].task?.status).toBe('completed');
	expect(count(first.simulator, 'create')).toBe(1);
});

it('leaves a task for the item that has it, when a retry looks for another one', async () => {
	const same = creating('The same scene');
	const requests = [same, same];
	const first = await virtualRun({
		service: { faults: [{ route: 'create', calls: [2], effect: { kind: 'reset' } }] },
		requests,
		maxConcurrency: 1,
	});
	const second = await virtualRun({ after: first, requests });

	expect(second.outcomes[1].error?.code).toBe('creationUnconfirmed');
	expect(second.outcomes[1].taskId).toBeUndefined();
});
