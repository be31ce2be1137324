import { expect, it } from '@jest/globals';

import { CREATION_TAGS } from '../../../nodes/Luma/piapi/webhookTag';
import type { FaultEffect } from '../../../simulator';
import { runLuma } from '../../../support/engine/engine';
import { count, PROMPT, startService } from '../../../support/engine/service';

it('reads the balance, the plan and the active Luma tasks as one flat item', async () => {
	const { url } = await startService({ balanceUsd: 12.5, concurrency: 3, queueSeconds: 60 });
	await runLuma({ url, parameters: { prompt: PROMPT, waitMode: 'none' } });
	const { json } = await runLuma({ url, parameters: { resource: 'account', operation: 'get' } });

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

it('shows the request, its price and the checks in a dry run, and creates nothing', async () => {
	const { simulator, url } = await startService({ balanceUsd: 0.5 });
	const { json } = await runLuma({
		url,
		items: [{ seconds: 5 }, { seconds: 10 }],
		parameters: { prompt: 'Fox', duration: '={{ $json.seconds }}', options: { dryRun: true } },
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
	expect(simulator.tasks.size).toBe(0);
	expect(count(simulator, 'create')).toBe(0);
});

it('sends exactly what the dry run showed, with a tag in place of the words about it', async () => {
	const { simulator, url } = await startService();
	const parameters = { prompt: PROMPT, duration: 10, aspectRatio: '1:1', waitMode: 'none' };
	const { json } = await runLuma({
		url,
		parameters: { ...parameters, options: { loop: true, dryRun: true } },
	});
	await runLuma({ url, parameters: { ...parameters, options: { loop: true } } });

	const { body } = json[0].request as { body: { config: { webhook_config: object } } };
	const webhook = { ...body.config.webhook_config, secret: expect.any(String) };
	const sent = { ...body, config: { ...body.config, webhook_config: webhook } };
	expect(simulator.calls.at(-1)?.body).toEqual(sent);
	expect(JSON.stringify(body)).not.toMatch(CREATION_TAGS);
});

it('finds a wrong key in a dry run', async () => {
	const { url } = await startService();
	const { error } = await runLuma({
		url,
		credential: { apiKey: 'wrong' },
		parameters: { prompt: PROMPT, options: { dryRun: true } },
	});

	expect(error?.message).toBe('PiAPI does not accept this key');
});

it('marks a technical detail as such, not as a message of PiAPI', async () => {
	const { error } = await runLuma({
		url: 'http://127.0.0.1:1',
		parameters: { prompt: PROMPT, options: { dryRun: true } },
	});

	expect(error?.message).toBe('PiAPI could not be reached');
	expect(error?.description).toMatch(/^Check the 'Base URL'.*ECONNREFUSED\.$/);
});

it.each<FaultEffect>([
	{ kind: 'answer', status: 404 },
	{ kind: 'html', status: 404 },
])(
	'says that there is no PiAPI at the Base URL, not that it knows no task (%j)',
	async (effect) => {
		const { url } = await startService({ faults: [{ route: 'account', calls: 'every', effect }] });
		const { error } = await runLuma({ url, parameters: { resource: 'account', operation: 'get' } });

		expect(error?.message).toBe("There is no PiAPI at the 'Base URL' of the credential");
		expect(error?.description).toContain("correct the 'Base URL'");
	},
);
