import { describe, expect, it } from '@jest/globals';

import { newCreationTag } from '../../../nodes/Luma/piapi/webhookTag';
import type { SimulatorOptions } from '../../../simulator';
import { EXECUTION_ID } from '../../../support/engine/engine';
import { count } from '../../../support/engine/service';
import { startN8n, SUSPEND } from '../../../support/engine/suspendedRun';
import { letTimeFly } from '../../../support/engine/webhookCall';
import { FORGED_URL, secretOf, webhook } from '../../../support/engine/webhookRequests';
import { fault, RESET } from '../../../support/faults';

const KEY = 'simulated-key';
const CHOSEN = ['sesame', '0815'].join('-');

letTimeFly();

/** A suspended execution with videos that are still being made, whose webhooks the test sends. */
async function suspendRun(
	{ many = 1, webhookSecret = '' } = {},
	service: Partial<SimulatorOptions> = {},
) {
	const n8n = await startN8n({ faults: [fault('callback', RESET, 'every')], ...service });
	const items = Array.from({ length: many }, () => ({}));
	const credential = { apiKey: KEY, webhookSecret };
	await n8n.run({ items, credential });
	return { n8n, credential, tasks: n8n.tasks };
}

describe('a webhook with another secret than the tag of a create', () => {
	it('gets 401 and one line in the log, and PiAPI is not even asked', async () => {
		const { n8n, tasks } = await suspendRun();
		const [task] = tasks;
		const tag = secretOf(task);
		const wrong = [
			null,
			KEY,
			tag.slice(0, -1),
			newCreationTag(KEY),
			newCreationTag(KEY, `${EXECUTION_ID}1`),
		];
		n8n.complete();
		const reads = count(n8n.simulator, 'read');
		for (const secret of wrong) expect(await n8n.post(task, secret)).toBe(401);

		expect(count(n8n.simulator, 'read')).toBe(reads);
		expect(n8n.resumedRuns).toHaveLength(0);
		expect(n8n.warnings).toHaveLength(wrong.length);
		expect(n8n.warnings.join()).not.toContain(tag.split('.')[1]);
	});

	it("gets 401 when it is the tag of another task, by what PiAPI's record says", async () => {
		const { n8n, tasks } = await suspendRun({ many: 2 });
		const [first, second] = tasks;
		n8n.complete();

		expect(await n8n.post(first, secretOf(second))).toBe(401);
		expect(await n8n.post(second, secretOf(first))).toBe(401);
		expect(n8n.warnings).toHaveLength(2);
		expect(n8n.resumedRuns).toHaveLength(0);

		expect(await n8n.post(first)).toBe(200);
		const statuses = (await n8n.resumed()).map(({ status }) => status);
		expect(statuses).toEqual(['completed', 'completed']);
	});

	it('is accepted by its signature where PiAPI does not give it back', async () => {
		const { n8n, tasks } = await suspendRun({ many: 2 }, { configEcho: 'shortenedSecret' });
		n8n.complete();
		expect(await n8n.post(tasks[0], secretOf(tasks[1]))).toBe(200);
		await n8n.resumed();
	});

	it('gets 401 once the key of the credential was changed, and the log explains it', async () => {
		const { n8n, credential, tasks } = await suspendRun();
		n8n.complete();
		credential.apiKey = 'a new key';

		expect(await n8n.post(tasks[0])).toBe(401);
		expect(n8n.warnings).toEqual([
			expect.stringMatching(/key of the PiAPI credential was changed/),
		]);
		expect(n8n.resumedRuns).toHaveLength(0);
	});
});

describe('a webhook with the tag of a create', () => {
	it('is a hint only: what it says resumes nothing and is not used', async () => {
		const { n8n, tasks } = await suspendRun();
		const [task] = tasks;
		const tag = secretOf(task);

		expect(await n8n.post(task, tag, 'no JSON at all')).toBe(400);
		expect(await n8n.post(task, tag, webhook('made-up-0001'))).toBe(200);
		const processing = webhook(task.taskId, { status: 'processing' });
		expect(await n8n.post(task, tag, processing)).toBe(200);
		expect(await n8n.post(task)).toBe(503);
		expect(n8n.resumedRuns).toHaveLength(0);

		n8n.complete();
		expect(await n8n.post(task)).toBe(200);
		const [{ videoUrl }] = await n8n.resumed();
		expect(videoUrl).toContain(n8n.url);
		expect(n8n.resumedRuns[0].stored).not.toContain(FORGED_URL);
	});

	it('is repeated while another video is being made, and makes up for a webhook that never comes', async () => {
		const { n8n, tasks } = await suspendRun({ many: 2 });
		const [first, second] = tasks;
		n8n.complete(first);
		expect(await n8n.post(first)).toBe(503);
		expect(n8n.resumedRuns).toHaveLength(0);

		n8n.complete(second);
		expect(await n8n.post(first)).toBe(200);
		expect(await n8n.resumed()).toHaveLength(2);
	});
});

describe('the Webhook Secret of the credential', () => {
	it.each([
		['is not accepted for a task that was created with another secret', 'asSent', 401],
		['is accepted for a task whose secret PiAPI does not tell', 'withoutConfig', 200],
	] as const)('%s', async (_, configEcho, status) => {
		const { n8n, tasks } = await suspendRun({ webhookSecret: CHOSEN }, { configEcho });
		n8n.complete();
		expect(await n8n.post(tasks[0], CHOSEN)).toBe(status);
		expect(n8n.resumedRuns).toHaveLength(status === 200 ? 1 : 0);
	});
});

it.each([true, false])(
	'what n8n stores of the execution has no secret, suspended or resumed (Simplify: %s)',
	async (simplify) => {
		const n8n = await startN8n();
		await n8n.run({ parameters: { ...SUSPEND, simplify } });
		n8n.complete();
		await n8n.resumed();
		const [task] = n8n.tasks;
		for (const text of [n8n.stored, n8n.resumedRuns[0].stored]) {
			expect(text).toContain(task.taskId);
			expect(text).not.toContain(secretOf(task));
			if (!simplify) expect(text).toContain('webhook_config');
		}
	},
);
