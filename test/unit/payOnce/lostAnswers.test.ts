import { expect, it } from '@jest/globals';

import {
	configEchoes,
	type Fault,
	type FaultEffect,
	type SimulatorOptions,
} from '../../../simulator';
import { answer, fault, handled, LOST, page, RESET } from '../../../support/faults';
import { isOfNode, openAccount, type Account } from '../../../support/virtualTime/simulatedAccount';
import {
	creating,
	virtualRun,
	type VirtualRun,
	type VirtualRunOptions,
} from '../../../support/virtualTime/virtualRun';

const SAME = creating('The same scene');
const detailOf = ({ outcomes }: VirtualRun) => outcomes[0].error?.details.technicalDetail;
const idsIn = ({ simulator }: VirtualRun) => [...simulator.tasks.keys()];

it.each<[string, FaultEffect]>([
	['a reset', LOST],
	['a page of a gateway', handled(page(504))],
	['a time-out', { kind: 'hang', afterHandling: true }],
	['an answer that is cut off', { kind: 'cutOff' }],
	['an answer that comes too late', { kind: 'slow', seconds: 75 }],
	['a success without a task', handled(answer(200, { code: 200, data: null }))],
	['a page of a firewall', handled(page(403))],
	['nothing at all', handled(answer(202, ''))],
	['JSON in another form', handled(answer(401, { error: 'denied' }))],
])('%s instead of the answer to a create is followed by a search', async (_, effect) => {
	const run = await virtualRun({ faults: [fault('create', effect)] });

	const [taskId] = idsIn(run);
	expect(run.outcomes[0]).toMatchObject({ taskId, task: { status: 'completed' } });
	expect(run.codes).toEqual([undefined]);
	expect(run.count('create')).toBe(1);
	expect(Object.values(run.ledger)).toMatchObject([{ taskId, costUsd: 0.2 }]);
});

it('says that a task may have been created, when and what to do, and creates no other', async () => {
	const run = await virtualRun({ faults: [fault('create', RESET)] });

	expect(run.codes).toEqual(['creationUnconfirmed']);
	expect(detailOf(run)).toContain('2026-01-07 01:36:');
	expect(run.count('create')).toBe(1);
	expect(run.tookMs).toBeLessThan(75_000);
});

const ownSecret = { webhook_config: { endpoint: 'https://example.com', secret: 'own' } };

it.each<[string, VirtualRunOptions]>([
	...configEchoes
		.filter((echo) => echo !== 'asSent')
		.map((configEcho): [string, VirtualRunOptions] => [configEcho, { service: { configEcho } }]),
	['a secret of the user', { withWebhook: (body) => ({ ...body, config: ownSecret }) }],
	['no tag', { withWebhook: (body) => body }],
])(
	'where PiAPI cannot say whose a task is (%s), it adopts none, creates no other, and names those with the same prompt',
	async (_, { service, ...options }) => {
		const account = openAccount({ ...service, faults: [fault('create', LOST, [2])] });
		await account.create();
		const first = await virtualRun({ account, ...options });
		const second = await virtualRun({ after: first, ...options });

		for (const run of [first, second]) {
			expect(run.codes).toEqual(['creationUnconfirmed']);
			expect(run.taskIds).toEqual([undefined]);
			for (const id of account.ids()) expect(detailOf(run)).toContain(id);
		}
		expect(account.count('create')).toBe(2);
	},
);

it('names no task with another prompt or with the tag of another create', async () => {
	const account = openAccount({ faults: [fault('create', RESET, [2])] });
	await account.create({ prompt: 'Something else' });
	const run = await virtualRun({ account, requests: [SAME, SAME], maxConcurrency: 1 });

	expect(run.codes[0]).toBe('creationUnconfirmed');
	for (const id of idsIn(run)) expect(detailOf(run)).not.toContain(id);
});

it.each<[string, Fault[], SimulatorOptions]>([
	['lags behind by a minute', [fault('history', { kind: 'lag', seconds: 60 }, 'every')], {}],
	[
		'goes wrong for a while',
		[
			fault('history', page(502)),
			fault('history', { kind: 'hang' }, [2]),
			fault('history', answer(200, { code: 200, data: { data: [null, 7, {}] } }), [3]),
			fault('read', answer(404)),
		],
		{},
	],
	['has names in another case', [], { historyCase: 'camel', dialect: 'older' }],
])('finds the task when the list %s', async (_, faults, own) => {
	const run = await virtualRun({
		service: { renderSeconds: 5, ...own },
		faults: [fault('create', LOST), ...faults],
	});

	expect(run.outcomes[0].task?.status).toBe('completed');
});

/** What another program creates, before or after the node's own create is lost. */
const ELSEWHERE: Array<[string, FaultEffect, (account: Account) => unknown]> = [
	...[86_400, 120, 3, 1, 0.2].map((seconds): (typeof ELSEWHERE)[number] => [
		`the same task of ${seconds} s before`,
		RESET,
		async ({ create, pass }) => {
			await create();
			await pass(seconds * 1000);
		},
	]),
	['the same task of 30 s later', RESET, ({ later, create }) => later(30_000, create)],
	['the same task of a day later', RESET, ({ later, create }) => later(86_400_000, create)],
	['the same task of 5.5 s later', answer(200), ({ later, create }) => later(5_500, create)],
	...[{ seed: 7 }, { loop: true }, { duration: 10 }, { aspect_ratio: '9:16' }].map(
		(input): (typeof ELSEWHERE)[number] => [
			`a task with ${JSON.stringify(input)}`,
			{ kind: 'hang', seconds: 20 },
			({ later, create }) => later(5000, async () => await create(input)),
		],
	),
];
const CLOCKS_MS = [0, 11 * 60_000, -11 * 60_000, 9 * 3_600_000, -9 * 3_600_000];

it.each(ELSEWHERE)('%s is never taken for its own, in a retry neither', async (_, effect, act) => {
	for (const clockAheadMs of CLOCKS_MS) {
		const account = openAccount({
			faults: [{ ...fault('create', effect, 'every'), when: isOfNode }],
		});
		await act(account);
		const first = await virtualRun({ account, clockAheadMs });
		await account.pass(86_400_000);
		const retry = await virtualRun({ after: first, clockAheadMs });

		expect([...first.codes, ...retry.codes]).toEqual(Array(2).fill('creationUnconfirmed'));
		expect([...first.taskIds, ...retry.taskIds]).toEqual([undefined, undefined]);
		expect(account.ids()).toHaveLength(1);
	}
});

it.each(CLOCKS_MS)('finds its own beside the same task of a moment before (%d ms)', async (ms) => {
	const account = openAccount({ faults: [fault('create', LOST, [2])] });
	await account.create();
	await account.pass(150);
	const run = await virtualRun({ account, clockAheadMs: ms });

	expect(run.taskIds).toEqual([account.ids()[1]]);
});

it('takes its own of two equal tasks, whichever can be read first', async () => {
	const isFirst = ({ path }: { path: string }) => path.endsWith(account.ids()[0]);
	const unreadable = { ...fault('read', page(502), [1, 2, 3, 4]), when: isFirst };
	const account = openAccount({ faults: [fault('create', LOST), unreadable] });
	account.later(300, async () => await account.create());
	const run = await virtualRun({ account });

	expect(run.taskIds).toEqual([account.ids()[0]]);
});

it('leaves the task of another execution to that one, although both ask for the same', async () => {
	const slow: FaultEffect = { kind: 'slow', seconds: 10 };
	const account = openAccount({ faults: [fault('create', RESET), fault('create', slow, [2])] });
	const execution = async () => await virtualRun({ account, requests: [SAME] });
	const first = execution();
	await account.pass(500);
	const [reset, late] = await Promise.all([first, execution()]);

	expect(late.outcomes[0].task?.status).toBe('completed');
	expect(reset.taskIds).toEqual([undefined]);
	expect(reset.codes).toEqual(['creationUnconfirmed']);
});

it('keeps searching for a lost task although another item ended the run', async () => {
	const run = await virtualRun({
		failFast: true,
		faults: [fault('create', LOST), fault('create', answer(403), [2])],
		items: 2,
		maxConcurrency: 1,
	});

	expect(run.taskIds[0]).toBe(idsIn(run)[0]);
	expect(run.codes[1]).toBe('planTooLow');
});
