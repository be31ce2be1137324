import { expect, it } from '@jest/globals';

import { Ledger } from '../../../nodes/Luma/generation/ledger';
import { count } from '../../engine/service';
import { creating, virtualRun } from './virtualRun';

const SHORT = { wait: { timeoutMs: 5000 } };

it('picks up its task on a retry instead of ordering again', async () => {
	const first = await virtualRun({ service: { renderSeconds: 60 }, ...SHORT });
	const second = await virtualRun({ after: first });

	expect(first.generations[0].trouble?.kind).toBe('timeLimit');
	expect(second.generations[0].task?.status).toBe('completed');
	expect(count(first.simulator, 'create')).toBe(1);
});

it('is plain JSON that n8n can store', async () => {
	const first = await virtualRun({ service: { renderSeconds: 60 }, ...SHORT });
	const second = await virtualRun({
		after: first,
		ledger: JSON.parse(JSON.stringify(first.ledger)) as typeof first.ledger,
	});

	expect(count(second.simulator, 'create')).toBe(1);
});

it('makes only what is missing', async () => {
	const requests = [{}, {}, {}];
	const first = await virtualRun({
		failFast: true,
		maxConcurrency: 1,
		service: { faults: [{ route: 'create', calls: [2], effect: { kind: 'answer', status: 402 } }] },
		requests,
	});
	const second = await virtualRun({ after: first, requests });

	expect(second.generations.map(({ task }) => task?.status)).toEqual([
		'completed',
		'completed',
		'completed',
	]);
	expect(count(first.simulator, 'create')).toBe(4);
	expect(first.simulator.tasks.size).toBe(3);
});

it('orders anew after a task that failed, which costs nothing', async () => {
	const first = await virtualRun({
		service: { outcome: (_, ordinal) => (ordinal === 1 ? { message: 'no GPU left' } : undefined) },
	});
	const second = await virtualRun({ after: first });

	expect(first.generations[0].trouble?.kind).toBe('notMade');
	expect(second.generations[0].task?.status).toBe('completed');
	expect(first.simulator.tasks.size).toBe(2);
});

it('keeps items of the same request apart, and orders anew for another request', async () => {
	const same = creating('The same scene');
	const first = await virtualRun({ requests: [same, same] });
	const again = await virtualRun({ after: first, requests: [same, same] });
	const changed = await virtualRun({ after: first, requests: [same, creating('Another scene')] });

	const idsOf = ({ generations }: typeof first) => generations.map(({ taskId }) => taskId);
	expect(new Set(idsOf(first)).size).toBe(2);
	expect(idsOf(again)).toEqual(idsOf(first));
	expect(idsOf(changed)[0]).toBe(idsOf(first)[0]);
	expect(first.simulator.tasks.size).toBe(3);
});

it('keeps the rounds of a loop apart', async () => {
	const first = await virtualRun({ runIndex: 0 });
	const second = await virtualRun({ after: first, runIndex: 1 });
	const retried = await virtualRun({ after: second, runIndex: 1 });

	expect(first.simulator.tasks.size).toBe(2);
	expect(retried.generations[0].taskId).toBe(second.generations[0].taskId);
});

it('lets a later round have what an earlier one made and did not hand on, as the tries of a tool do', async () => {
	const first = await virtualRun({
		service: { renderSeconds: 60 },
		wait: { timeoutMs: 5000 },
		failFast: true,
	});
	const second = await virtualRun({ after: first, runIndex: 1, failFast: true });
	const third = await virtualRun({ after: first, runIndex: 2, failFast: true });

	expect(second.generations[0].taskId).toBe(first.generations[0].taskId);
	expect(third.generations[0].taskId).not.toBe(first.generations[0].taskId);
	expect(first.simulator.tasks.size).toBe(2);
});

it('takes no task of another item for a lost one, although it failed and was made anew', async () => {
	const same = creating('The same scene');
	const options = { requests: [same, same], maxConcurrency: 1 };
	const first = await virtualRun({
		...options,
		service: {
			outcome: (_, ordinal) => (ordinal === 2 ? { message: 'no GPU left' } : undefined),
			faults: [
				{ route: 'create', calls: [1], effect: { kind: 'cutOff' } },
				{
					route: 'history',
					calls: Array.from({ length: 11 }, (_, index) => index + 1),
					effect: { kind: 'html', status: 502 },
				},
			],
		},
	});
	const second = await virtualRun({ ...options, after: first });

	const [lost, , anew] = first.simulator.tasks.keys();
	expect(first.generations.map(({ trouble }) => trouble?.kind)).toEqual([
		'mayHaveBeenMade',
		'notMade',
	]);
	expect(second.generations.map(({ taskId }) => taskId)).toEqual([lost, anew]);
});

it('keeps rounds apart that are under way at once', () => {
	const entries = {};
	const [one, other] = [new Ledger(entries, 0), new Ledger(entries, 1)];
	const request = { itemIndex: 0, ...creating('Scene'), simplify: true };
	one.write(request, { taskId: 'made-by-one', costUsd: 0.2 });

	expect(other.find(request)).toBeUndefined();
	one.close({ handedOn: false });
	expect(other.find(request)).toMatchObject({ taskId: 'made-by-one' });
});

it('knows the request again although the address for callbacks has changed', async () => {
	const withCallback = (endpoint: string) => {
		const { source } = creating('Scene 0');
		if (!('create' in source)) throw new Error('not a create');
		const config = { webhook_config: { endpoint, secret: 'hush' } };
		return { source: { create: { ...source.create, config } } };
	};
	const first = await virtualRun({ requests: [withCallback('https://n8n.test/1')] });
	const second = await virtualRun({ after: first, requests: [withCallback('https://n8n.test/2')] });

	expect(second.generations[0].taskId).toBe(first.generations[0].taskId);
	expect(JSON.stringify(first.ledger)).not.toContain('hush');
});

it('reads a task that was made before once, where nobody waits', async () => {
	const requests = [{ wait: undefined }];
	const first = await virtualRun({ requests });
	const second = await virtualRun({ after: first, requests });

	expect(second.generations[0].task?.taskId).toBe(first.generations[0].taskId);
	expect(count(first.simulator, 'create')).toBe(1);
	expect(count(first.simulator, 'read')).toBe(1);
});

it('looks again on a retry for a task that nobody confirmed, and never orders a second time', async () => {
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

	expect(first.generations[0].trouble?.kind).toBe('mayHaveBeenMade');
	expect(second.generations[0].trouble?.kind).toBe('mayHaveBeenMade');
	expect(second.generations[0].trouble?.remedy).toContain('01:36:');
	expect(third.generations[0].task?.status).toBe('completed');
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

	expect(second.generations[1].trouble?.kind).toBe('mayHaveBeenMade');
	expect(second.generations[1].taskId).toBeUndefined();
});
