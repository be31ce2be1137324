import { describe, expect, it } from '@jest/globals';

import { leftBehind } from '../../../nodes/Luma/jobs/items';
import type { FaultEffect } from '../../../simulator';
import { answer, fault, page } from '../../../support/faults';
import { openAccount } from '../../../support/virtualTime/simulatedAccount';
import { virtualRun, type VirtualRun } from '../../../support/virtualTime/virtualRun';

/** The answer to a create in another form, with the id of its task. */
function saying(form: object, status = 200): FaultEffect {
	const body = (made: unknown) => {
		const { task_id: taskId } = (made as { data: { task_id: string } }).data;
		return JSON.parse(JSON.stringify(form).replaceAll('ID', taskId)) as unknown;
	};
	return { kind: 'rewrite', status, body };
}

/** An unsuccessful answer that names its task. */
const NAMED = saying({ code: 500, message: 'internal', data: { task_id: 'ID' } });

describe('an answer that names a task, whatever else it says', () => {
	const STATUSES = [200, 202, 400, 401, 402, 403, 404, 408, 409, 422, 429, 500, 502, 503, 524];

	it.each(STATUSES)('is the answer about that task: it is paid once (%d)', async (status) => {
		const forms = [
			{ code: status, message: 'no', data: { task_id: 'ID' } },
			{ code: 200, data: { taskId: 'ID', status: 'pending' } },
			{ task_id: 'ID' },
			{ code: status, message: 'no', data: { task: { task_id: 'ID' } } },
			{ code: status, message: 'no', data: [{ task_id: 'ID' }] },
		];
		for (const form of forms) {
			for (const failFast of [true, false]) {
				const faults = [fault('create', saying(form, status))];
				const run = await virtualRun({ failFast, faults });
				const [taskId] = run.simulator.tasks.keys();
				expect(run.outcomes[0]).toMatchObject({ taskId, task: { status: 'completed' } });
				expect([run.count('create'), run.count('history')]).toEqual([1, 0]);
			}
		}
	});

	it.each([undefined, 'chosen by the user'])(
		'is believed, however long that task cannot be read (secret: %s)',
		async (secret) => {
			const config = { webhook_config: { endpoint: 'https://example.com/hook', secret } };
			const run = await virtualRun({
				...(secret && { withWebhook: (body) => ({ ...body, config }) }),
				faults: [
					fault('create', NAMED),
					fault('history', page(502), 'every'),
					fault('read', page(502), [...Array(13).keys()]),
				],
			});

			const [taskId] = run.simulator.tasks.keys();
			expect(run.outcomes[0]).toMatchObject({ taskId, task: { status: 'completed' } });
			expect(run.count('create')).toBe(1);
		},
	);

	it('says why, where there is no such task after all, and creates no other by itself', async () => {
		const body = { code: 400, message: 'the ratio is odd', data: { task_id: 'never-made' } };
		const first = await virtualRun({ faults: [fault('create', answer(400, body))] });
		const second = await virtualRun({ after: first });

		expect(first.outcomes[0].error).toMatchObject({
			code: 'unknownTask',
			details: { taskId: 'never-made', providerMessage: 'the ratio is odd' },
		});
		expect(second.codes).toEqual(['taskGone']);
		expect(first.count('create')).toBe(1);
	});

	it('fails with the reason when that task has failed', async () => {
		const error = { code: 1, message: '', detail: 'prompt contains banned words' };
		const data = { task_id: 'ID', status: 'failed', error };
		const form = { code: 500, message: 'failed', data };
		const { outcomes, ledger } = await virtualRun({ faults: [fault('create', saying(form, 500))] });

		expect(outcomes[0].error?.code).toBe('moderated');
		expect(outcomes[0].error?.details.providerMessage).toBe('prompt contains banned words');
		expect(ledger).toEqual({});
	});

	it('names the task beside the item that ended the run', async () => {
		const { simulator, codes, jobs } = await virtualRun({
			failFast: true,
			items: 2,
			faults: [
				fault('create', answer(403)),
				fault('create', NAMED, [2]),
				fault('read', page(502), 'every'),
			],
		});

		expect(codes[0]).toBe('planTooLow');
		expect(leftBehind(jobs[0], jobs)).toEqual({
			taskIds: [...simulator.tasks.keys()],
			unconfirmed: [],
			isItemPaid: false,
			priceUsd: 0.4,
		});
	});
});

it.each([1, 2, 5])(
	'creates nothing more once a refusal has ended the run, however long PiAPI takes (%d at once)',
	async (maxConcurrency) => {
		const account = openAccount({ faults: [fault('create', answer(403), [2])] });
		const run = await virtualRun({
			account,
			failFast: true,
			items: 20,
			maxConcurrency,
			through: (transport) => async (request) => {
				await account.clock.sleep(1000);
				return await transport(request);
			},
		});

		expect(run.codes).toContain('planTooLow');
		expect(run.count('create')).toBe(maxConcurrency + 1);
	},
);

describe('an answer to a create that is not PiAPI’s', () => {
	const wordsOf = ({ outcomes: [{ error }] }: VirtualRun) =>
		`${error?.message} ${error?.remedy} ${error?.details.technicalDetail}`;

	it.each([
		['a page of a firewall', 403, page(403)],
		['a login page', 200, page(200)],
		["a proxy's 404", 404, page(404)],
		["a gateway's 502", 502, page(502)],
		['nothing at all', 202, answer(202, '')],
		['JSON in another form', 401, answer(401, { error: 'denied' })],
	])('(%s) is named as such, in a retry too', async (_, status, effect) => {
		const first = await virtualRun({ faults: [fault('create', effect)] });
		const retry = await virtualRun({ after: first });

		for (const run of [first, retry]) {
			expect(run.codes).toEqual(['creationUnconfirmed']);
			expect(wordsOf(run)).toMatch(new RegExp(`not PiAPI's.*${status}`));
			expect(wordsOf(run)).toContain('no task of that time has the same prompt');
			expect(wordsOf(run)).not.toContain('Seed');
		}
		expect(first.count('create')).toBe(1);
	});

	it.each(['history', 'read'] as const)(
		'is not said to have no task where the list could not be read, or not all of it (%s)',
		async (route) => {
			const faults = [fault('create', page(403), [2]), fault(route, page(502), 'every')];
			const account = openAccount({ faults });
			await account.create();
			const run = await virtualRun({ account, withWebhook: (body) => body });

			expect(wordsOf(run)).toContain('could not be read');
			expect(wordsOf(run)).not.toContain('no task of that time');
		},
	);

	it.each([page(404), answer(404)])(
		'is soon known to be from nowhere when the task list is not there either (%j)',
		async (effect) => {
			const faults = [fault('create', effect), fault('history', effect, 'every')];
			const run = await virtualRun({ faults });
			const again = await virtualRun({ after: run });

			expect(run.codes).toEqual(['notPiapi']);
			expect(run.tookMs).toBeLessThan(10_000);
			expect(run.ledger).not.toHaveProperty('attempt');
			expect(again.outcomes[0].task?.status).toBe('completed');
		},
	);
});

describe('when PiAPI limits requests', () => {
	const busy = (headers?: Record<string, string>): FaultEffect => ({
		kind: 'answer',
		status: 429,
		headers,
	});

	it.each([0, 3_600_000])(
		'the create waits as long as a date in Retry-After says, with a clock %d ms ahead',
		async (clockAheadMs) => {
			const date = new Date(Date.UTC(2026, 0, 7, 1, 36, 38)).toUTCString();
			const faults = [fault('create', busy({ 'retry-after': date }))];
			const { simulator } = await virtualRun({ clockAheadMs, faults });

			const creates = simulator.calls.filter(({ route }) => route === 'create');
			const gapMs = creates[1].at - creates[0].at;
			expect(gapMs).toBeGreaterThanOrEqual(30_000);
			expect(gapMs).toBeLessThanOrEqual(37_500);
		},
	);

	it.each([
		['at once when that would take too long', fault('create', busy({ 'retry-after': '3600' })), 1],
		['after six attempts', fault('create', busy(), 'every'), 6],
	])('the create ends %s', async (_, limit, attempts) => {
		const run = await virtualRun({ faults: [limit] });

		expect(run.codes).toEqual(['tooManyRequests']);
		expect(run.count('create')).toBe(attempts);
		expect(run.ledger).toEqual({});
	});

	it('nothing is created after a stop', async () => {
		const run = await virtualRun({
			faults: [fault('create', busy({ 'retry-after': '20' }))],
			stopAfterSeconds: 5,
		});

		expect(run.count('create')).toBe(1);
		expect(run.simulator.tasks.size).toBe(0);
	});
});
