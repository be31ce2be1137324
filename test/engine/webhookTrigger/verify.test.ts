import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { isCreationTag, newCreationTag } from '../../../nodes/Luma/piapi/webhookTag';
import { until } from '../../../support/eventually';
import { EXECUTION_ID } from '../../../support/engine/engine';
import { end, FORGED_URL, post, webhook, secretOf } from '../../../support/engine/webhookRequests';
import { count, PROMPT, startService } from '../../../support/engine/service';
import { startN8nWithWebhooks, type N8nWithWebhooks } from '../../../support/engine/suspendedRun';

const KEY = 'simulated-key';
const CHOSEN = ['sesame', '0815'].join('-');
const SUSPEND = { waitMode: 'callback', prompt: PROMPT };

let n8n: N8nWithWebhooks;
beforeEach(async () => {
	n8n = await startN8nWithWebhooks();
});
afterEach(async () => await n8n.close());

/** A suspended execution with videos that are still being made, and the task of each. */
async function suspendRun({ many = 1, webhookSecret = '', renderSeconds = 60 } = {}) {
	const { simulator, url } = await startService({ renderSeconds });
	const items = Array.from({ length: many }, () => ({}));
	const credential = { apiKey: KEY, webhookSecret };
	const suspended = await n8n.run({ url, items, parameters: SUSPEND, credential });
	return { suspended, credential, simulator, tasks: [...simulator.tasks.values()], url };
}

describe('a webhook with another secret than the tag of a create', () => {
	it('gets 401 and one line in the log, and PiAPI is not even asked', async () => {
		const { suspended, simulator, tasks } = await suspendRun();
		const [task] = tasks;
		const tag = secretOf(task);
		const [prefix, random, signature] = tag.split('.');
		const wrong = [
			undefined,
			'',
			'guess',
			KEY,
			tag.slice(0, -1),
			`${tag}0`,
			`${prefix}.${'0'.repeat(random.length)}.${signature}`,
			newCreationTag(KEY),
			newCreationTag(KEY, `${EXECUTION_ID}1`),
			newCreationTag('another key', EXECUTION_ID),
		];
		end(simulator, task);
		const reads = count(simulator, 'read');
		for (const secret of wrong) expect(await post(task, secret, webhook(task.taskId))).toBe(401);

		expect(count(simulator, 'read')).toBe(reads);
		expect(suspended.resumedRuns).toHaveLength(0);
		expect(n8n.warnings).toHaveLength(wrong.length);
		expect(n8n.warnings.join()).not.toContain(random);
	});

	it("gets 401 when it is the tag of another task, by what PiAPI's record says", async () => {
		const { suspended, simulator, tasks } = await suspendRun({ many: 2 });
		const [first, second] = tasks;
		tasks.forEach((task) => end(simulator, task));

		expect(await post(first, secretOf(second), webhook(first.taskId))).toBe(401);
		expect(await post(second, secretOf(first), webhook(second.taskId))).toBe(401);
		expect(n8n.warnings).toHaveLength(2);
		expect(suspended.resumedRuns).toHaveLength(0);

		expect(await post(first, secretOf(first), webhook(first.taskId))).toBe(200);
		await until('it is resumed', () => suspended.resumedRuns.length > 0);
		expect(suspended.resumedRuns[0].json.map(({ status }) => status)).toEqual([
			'completed',
			'completed',
		]);
	});

	it.each([
		['tells no secret', {}],
		['masks it', { webhook_config: { secret: '****' } }],
		['shortens it', { webhook_config: { secret: newCreationTag(KEY).slice(0, 20) } }],
	])('is accepted by its signature where PiAPI %s', async (_, config) => {
		const { suspended, simulator, tasks } = await suspendRun({ many: 2 });
		const [first, second] = tasks;
		tasks.forEach((task) => end(simulator, task, config));

		expect(await post(first, secretOf(second), webhook(first.taskId))).toBe(200);
		await until('it is resumed', () => suspended.resumedRuns.length > 0);
	});

	it('gets 401 once the key of the credential was changed, and the log explains it', async () => {
		const { suspended, credential, simulator, tasks } = await suspendRun();
		end(simulator, tasks[0]);
		credential.apiKey = 'a new key';

		expect(await post(tasks[0], secretOf(tasks[0]), webhook(tasks[0].taskId))).toBe(401);
		expect(n8n.warnings).toEqual([
			expect.stringMatching(/key of the PiAPI credential was changed/),
		]);
		expect(suspended.resumedRuns).toHaveLength(0);
	});
});

describe('a webhook with the tag of a create', () => {
	it('is a hint only: what it says resumes nothing and is not used', async () => {
		const { suspended, simulator, tasks } = await suspendRun();
		const [task] = tasks;
		const tag = secretOf(task);
		const forged = webhook(task.taskId);

		expect(await post(task, tag, 'no JSON at all')).toBe(400);
		expect(await post(task, tag, webhook('made-up-0001'))).toBe(200);
		expect(await post(task, tag, { data: { ...forged.data, status: 'processing' } })).toBe(200);
		expect(await post(task, tag, forged)).toBe(503);
		expect(suspended.resumedRuns).toHaveLength(0);

		end(simulator, task);
		expect(await post(task, tag, forged)).toBe(200);
		await until('it is resumed', () => suspended.resumedRuns.length > 0);
		expect(suspended.resumedRuns[0].json[0].videoUrl).toContain(simulator.baseUrl);
		expect(suspended.resumedRuns[0].stored).not.toContain(FORGED_URL);
	}, 30_000);

	it('is repeated while another video is being made, and makes up for a webhook that never comes', async () => {
		const { suspended, simulator, tasks } = await suspendRun({ many: 2 });
		const [first, second] = tasks;
		end(simulator, first);
		expect(await post(first, secretOf(first), webhook(first.taskId))).toBe(503);
		expect(suspended.resumedRuns).toHaveLength(0);

		end(simulator, second);
		expect(await post(first, secretOf(first), webhook(first.taskId))).toBe(200);
		await until('it is resumed', () => suspended.resumedRuns.length > 0);
	});

	it('is accepted also when the credential has got a Webhook Secret in the meantime', async () => {
		const { suspended, credential, tasks } = await suspendRun({ renderSeconds: 1.2 });
		credential.webhookSecret = 'a new one';

		await until('it is resumed', () => suspended.resumedRuns.length > 0);
		expect(suspended.resumedRuns[0].json).toEqual([
			expect.objectContaining({ taskId: tasks[0].taskId }),
		]);
	});
});

describe('the Webhook Secret of the credential', () => {
	it('is not sent along, since whoever may use the credential could read it out', async () => {
		const { tasks } = await suspendRun({ webhookSecret: CHOSEN });
		expect(isCreationTag(secretOf(tasks[0]), KEY, EXECUTION_ID)).toBe(true);
	});

	it('is accepted, but not for a task that was created with another secret', async () => {
		const { suspended, simulator, tasks } = await suspendRun({ many: 2, webhookSecret: CHOSEN });
		const [first, second] = tasks;
		end(simulator, first);
		end(simulator, second, {});
		expect(await post(first, CHOSEN, webhook(first.taskId))).toBe(401);
		expect(suspended.resumedRuns).toHaveLength(0);

		expect(await post(second, CHOSEN, webhook(second.taskId))).toBe(200);
		await until('it is resumed', () => suspended.resumedRuns.length > 0);
	});
});

it('leaves no secret in what n8n stores of the execution, suspended or resumed', async () => {
	for (const simplify of [true, false]) {
		const { simulator, url } = await startService({ renderSeconds: 1.2 });
		const suspended = await n8n.run({ url, parameters: { ...SUSPEND, simplify } });
		await until('it is resumed', () => suspended.resumedRuns.length > 0);

		const [task] = simulator.tasks.values();
		const stored = [n8n.stored(), suspended.resumedRuns[0].stored];
		for (const text of stored) {
			expect(text).toContain(task.taskId);
			expect(text).not.toContain(secretOf(task));
			if (!simplify) expect(text).toContain('webhook_config');
		}
	}
});
