import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { FaultEffect } from '../../../simulator';
import { answer, fault, LOST, RESET } from '../../../support/faults';
import { bodyOf, openAccount } from '../../../support/virtualTime/simulatedAccount';
import {
	creating,
	takesOf,
	virtualRun,
	type VirtualRun,
	type VirtualRunOptions,
} from '../../../support/virtualTime/virtualRun';

const statusesOf = ({ outcomes }: VirtualRun) => outcomes.map(({ task }) => task?.status);
const SAME = creating('The same scene');

/** A try that comes to its time limit before the video is made. */
const TOO_SHORT: VirtualRunOptions = {
	service: { renderSeconds: 60 },
	wait: { timeoutMs: 5000 },
};

describe('a paid task that PiAPI does not know any more', () => {
	const withoutTask = async (executionId: string, after: VirtualRun) => {
		after.simulator.addFault(fault('read', answer(404), 'every'));
		const run = await virtualRun({ after, executionId });
		after.simulator.clearFaults();
		return run;
	};

	it('is told with a way out: the next Retry makes a new one', async () => {
		const first = await virtualRun(TOO_SHORT);
		const second = await withoutTask('2', first);
		const third = await virtualRun({ after: second, executionId: '3' });

		expect(second.codes).toEqual(['taskGone']);
		expect(second.outcomes[0].error?.remedy).toMatch(/new video.*paid.*Retry/);
		expect(statusesOf(third)).toEqual(['completed']);
		expect(first.count('create')).toBe(2);
	});

	it('is not replaced by Retry On Fail, nor when it is there again', async () => {
		const first = await virtualRun(TOO_SHORT);
		const second = await withoutTask('1', first);
		const third = await virtualRun({ after: second, wait: { timeoutMs: 1_000 } });
		const fourth = await virtualRun({ after: third, executionId: '2' });

		expect(statusesOf(fourth)).toEqual(['completed']);
		expect(first.count('create')).toBe(1);
	});

	it('is not replaced when it was never there: its record can come later', async () => {
		const faults = [fault('read', answer(404), 'every')];
		const first = await virtualRun({ faults });
		first.simulator.clearFaults();
		const second = await virtualRun({ after: first, executionId: '2' });

		expect(first.codes).toEqual(['unknownTask']);
		expect(statusesOf(second)).toEqual(['completed']);
		expect(first.count('create')).toBe(1);
	});
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

it('finds again whatever differs in prompt, seed and webhook alone, and nothing that differs in more', async () => {
	const asking = (asked: object, endpoint: string) => {
		const config = { webhook_config: { endpoint } };
		const body = { ...bodyOf('Scene'), input: { ...asked }, config };
		return { requests: [{ source: { type: 'create' as const, body } }] };
	};
	await fc.assert(
		fc.asyncProperty(input, input, words, words, async (one, other, before, now) => {
			const first = await virtualRun(asking({ ...one, ...before }, 'https://n8n.test/1'));
			const again = asking({ ...other, ...now }, 'https://n8n.test/2');
			const second = await virtualRun({ after: first, ...again });

			const isSame = JSON.stringify(one) === JSON.stringify(other);
			expect(second.taskIds[0] === first.taskIds[0]).toBe(isSame);
			expect(first.simulator.tasks.size).toBe(isSame ? 1 : 2);
			if (isSame) expect(second.outcomes[0].task?.prompt).toBe(before.prompt);
		}),
	);
});

describe('requests that are the same', () => {
	it.each([
		['items', [SAME, SAME]],
		['videos of items', [...takesOf(0, 3, 'A scene'), ...takesOf(1, 2, 'A scene')]],
	])('are kept apart, and each is restored in its place: %s', async (_, requests) => {
		const first = await virtualRun({ requests });
		const second = await virtualRun({ after: first, requests });

		expect(new Set(first.taskIds).size).toBe(requests.length);
		expect(second.taskIds).toEqual(first.taskIds);
		expect(first.simulator.tasks.size).toBe(requests.length);
	});

	it('are restored although their prompt differs each time', async () => {
		const first = await virtualRun({ requests: takesOf(0, 3, 'A scene at 10:00') });
		const second = await virtualRun({ after: first, requests: takesOf(0, 3, 'A scene at 10:01') });

		expect(second.taskIds).toEqual(first.taskIds);
		expect(first.simulator.tasks.size).toBe(3);
	});

	it('are adopted one by one when the answers to their creates were lost', async () => {
		const requests = takesOf(0, 3, 'The same scene');
		const run = await virtualRun({ requests, faults: [fault('create', LOST, 'every')] });

		expect(statusesOf(run)).toEqual(['completed', 'completed', 'completed']);
		expect(new Set(run.taskIds)).toEqual(new Set(run.simulator.tasks.keys()));
		expect(run.count('create')).toBe(3);
	});
});

describe('a call of an agent', () => {
	const CALL = { runIndex: null, requests: [SAME] };

	it.each([
		['was delivered', {}],
		['was not finished in time', TOO_SHORT],
	])('gets the video of an earlier call for the same that %s', async (_, earlier) => {
		const first = await virtualRun({ ...CALL, ...earlier });
		const second = await virtualRun({ ...CALL, after: first });

		expect(statusesOf(second)).toEqual(['completed']);
		expect(second.taskIds).toEqual(first.taskIds);
		expect(first.simulator.tasks.size).toBe(1);
	});

	it.each([
		['another prompt', [creating('Another scene')]],
		['two videos', takesOf(0, 2, 'The same scene')],
	])('gets what it asks for when that is %s', async (_, requests) => {
		const first = await virtualRun(CALL);
		const second = await virtualRun({ ...CALL, requests, after: first });

		expect(second.taskIds).not.toContain(first.taskIds[0]);
		expect(first.simulator.tasks.size).toBe(1 + requests.length);
	});

	it.each<[string, FaultEffect[], number]>([
		['is made', [], 1],
		['is refused, and makes it', [answer(402)], 2],
		['is made with a lost answer', [LOST], 1],
	])('waits for the create of another call that %s', async (_, effects, creates) => {
		const faults = effects.map((effect) => fault('create', effect));
		const account = openAccount({ answerSeconds: 3, faults });
		const ledger = {};
		const call = async () => await virtualRun({ ...CALL, account, ledger });
		const atOnce = [call(), call()];
		await account.pass(1000);
		const calls = await Promise.all([...atOnce, call()]);

		const [taskId] = account.ids();
		const others = creates > 1 ? [undefined] : [];
		expect(new Set(calls.flatMap(({ taskIds }) => taskIds))).toEqual(new Set([taskId, ...others]));
		expect(account.count('create')).toBe(creates);
		expect(account.ids()).toHaveLength(1);
	});
});

it('recognises the request although its fields are in another order', async () => {
	const first = await virtualRun({
		requests: [creating('A scene', { a: 1, b: { c: 2, d: { toString: 3 } } })],
	});
	const again = creating('A scene', { b: { d: { toString: 3 }, c: 2 }, a: 1 });
	const second = await virtualRun({ after: first, requests: [again] });

	expect(second.taskIds).toEqual(first.taskIds);
});

it('reads a task of an earlier try once, where nothing waits', async () => {
	const requests = [{ wait: undefined }];
	const first = await virtualRun({ requests });
	const second = await virtualRun({ after: first, requests });

	expect(second.taskIds).toEqual(first.taskIds);
	expect(first.count('create')).toBe(1);
	expect(first.count('read')).toBe(1);
});

it('leaves a task for the item that has it, when a retry looks for another one', async () => {
	const requests = [SAME, SAME];
	const faults = [fault('create', RESET, [2])];
	const first = await virtualRun({ faults, requests, maxConcurrency: 1 });
	const second = await virtualRun({ after: first, requests });

	expect(second.codes[1]).toBe('creationUnconfirmed');
	expect(second.taskIds[1]).toBeUndefined();
});
