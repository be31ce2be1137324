import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { CREATION_TAGS } from '../../../nodes/Luma/piapi/webhookTag';
import type { FaultEffect } from '../../../simulator';
import { runLuma } from '../../../support/engine/engine';
import { count, PROMPT, startService } from '../../../support/engine/service';
import { createTasks } from '../../../support/engine/webhookRequests';

const ACCOUNT = { resource: 'account', operation: 'get' };

it('the balance, the plan and the active Luma tasks are one flat item', async () => {
	const service = { balanceUsd: 12.5, concurrency: 3, queueSeconds: Infinity };
	const { url } = await startService(service);
	await createTasks(url, 1);
	const { json } = await runLuma({ url, parameters: ACCOUNT });

	expect(json).toEqual([
		{
			accountId: expect.any(String),
			accountName: 'simulated-account',
			plan: 'creator',
			balanceUsd: 12.3,
			concurrencyLimit: 3,
			activeLumaTasks: 1,
			pendingLumaTasks: 1,
			stagedLumaTasks: 0,
			processingLumaTasks: 0,
		},
	]);
});

it.each<FaultEffect>([
	{ kind: 'answer', status: 404 },
	{ kind: 'html', status: 404 },
])(
	'it says that there is no PiAPI at the Base URL, not that it knows no task (%j)',
	async (effect) => {
		const { url } = await startService({ faults: [{ route: 'account', calls: 'every', effect }] });
		const { error } = await runLuma({ url, parameters: ACCOUNT });
		expect(error?.message).toBe("There is no PiAPI at the 'Base URL' of the credential");
		expect(error?.description).toContain("correct the 'Base URL'");
	},
);

describe('a dry run', () => {
	const dryRun = (own: IDataObject = {}) => ({ prompt: PROMPT, options: { dryRun: true }, ...own });

	it('shows the request, its price and the checks, and creates nothing', async () => {
		const { simulator, url } = await startService({ balanceUsd: 0.5 });
		const { json } = await runLuma({
			url,
			items: [{ seconds: 5 }, { seconds: 10 }],
			parameters: dryRun({ prompt: 'Fox', duration: '={{ $json.seconds }}' }),
		});

		expect(Object.keys(json[1])[0]).toBe('prompt');
		expect(json[1]).toEqual({
			prompt: 'Fox',
			dryRun: true,
			request: {
				method: 'POST',
				path: '/api/v1/task',
				body: {
					model: 'luma',
					task_type: 'video_generation',
					input: { model: 'ray-v2', prompt: 'Fox', duration: 10, aspect_ratio: '16:9' },
					config: { webhook_config: { endpoint: '', secret: expect.any(String) } },
				},
			},
			expectedCostUsd: 0.4,
			expectedCostOfAllItemsUsd: 0.6,
			balanceUsd: 0.5,
			balanceIsEnough: false,
			dailyRoomUsd: null,
			isWithinLimits: true,
			hints: [expect.stringContaining('word')],
		});
		expect(count(simulator, 'create')).toBe(0);
	});

	it('shows exactly what is sent then, with words in place of the tag', async () => {
		const { simulator, url } = await startService();
		const own = { duration: 10, aspectRatio: '1:1', waitMode: 'none' };
		const parameters = dryRun({ ...own, options: { loop: true, dryRun: true } });
		const { json } = await runLuma({ url, parameters });
		await runLuma({ url, parameters: { ...parameters, options: { loop: true } } });

		const { body } = json[0].request as { body: { config: { webhook_config: object } } };
		const webhook = { ...body.config.webhook_config, secret: expect.any(String) };
		const sent = { ...body, config: { ...body.config, webhook_config: webhook } };
		expect(simulator.calls.at(-1)?.body).toEqual(sent);
		expect(JSON.stringify(body)).not.toMatch(CREATION_TAGS);
	});

	it('finds a wrong key', async () => {
		const { url } = await startService();
		const { error } = await runLuma({ url, credential: { apiKey: 'wrong' }, parameters: dryRun() });
		expect(error?.message).toBe('PiAPI does not accept this key');
	});

	it('marks a technical detail as such, not as a message of PiAPI', async () => {
		const { error } = await runLuma({ url: 'http://127.0.0.1:1', parameters: dryRun() });
		expect(error?.message).toBe('PiAPI could not be reached');
		expect(error?.description).toMatch(/^Check the 'Base URL'.*ECONNREFUSED\.$/);
	});
});
