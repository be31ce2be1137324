import { expect, it } from '@jest/globals';
import { readAccount } from '../../../nodes/Luma/piapi/account';
import { accountForms, dialects, type ConfigEcho, type Dialect } from '../../../simulator';
import { openAccount } from '../../../support/virtualTime/simulatedAccount';

const FORMS: Record<Dialect, (url: string) => unknown> = {
	current: (url) => ({ video: url, video_raw: { width: 180, height: 320 } }),
	older: (url) => ({ video: { url, width: 180, height: 320 }, thumbnail: { width: 180 } }),
	generation: (url) => ({ generation: { video: { url } } }),
	videoUrl: (url) => ({ video_url: url }),
	works: (url) => ({ works: [{ video: { resource: url } }] }),
	noWatermark: (url) => ({
		generation: { video: { url, url_no_watermark: url.replace('video.mp4', 'video_raw.mp4') } },
	}),
	assets: (url) => ({ assets: { video: url } }),
	url: (url) => ({ url }),
	text: (url) => url,
	list: (url) => [url.replace('video.mp4', 'thumbnail.jpg'), url],
	files: (url) => ({ files: [{ type: 'image/jpeg' }, { type: 'video/mp4', url }] }),
};

it.each(dialects)('names the video in the %s dialect, and only at the end', async (dialect) => {
	const { create, read, clock, run } = openAccount({ dialect });
	await run(async () => {
		const created = (await create({ aspect_ratio: '9:16' })).data;
		expect(JSON.stringify(created.output)).not.toContain('https:');
		await clock.sleep(6000);
		const { output } = (await read(created.task_id)).data;
		const link = `https://simulator.test/media/${created.task_id}/video.mp4`;
		expect({ output }).toMatchObject({ output: FORMS[dialect](link) });
	});
});

const endpoint = 'https://n8n.test/hook';

it.each<[ConfigEcho, object | undefined]>([
	['asSent', { endpoint, secret: 'a secret' }],
	['withoutSecret', { endpoint }],
	['emptySecret', { endpoint, secret: '' }],
	['maskedSecret', { endpoint, secret: '****' }],
	['shortenedSecret', { endpoint, secret: 'a secret...' }],
	['movedSecret', { endpoint, webhook_secret: 'a secret' }],
	['withoutConfig', undefined],
])('%s: the config comes back so', async (configEcho, shown) => {
	const { create } = openAccount({ configEcho });
	const { data } = await create({}, { webhook_config: { endpoint, secret: 'a secret' } });
	expect(data.config?.webhook_config).toEqual(shown);
});

it.each(accountForms)(
	'the account of the form %s has a balance and a limit',
	async (accountForm) => {
		const { call } = openAccount({ accountForm, balanceUsd: 7, concurrency: 3 });
		const { data } = await call('GET', '/account/info');
		expect(readAccount(data)).toMatchObject({ balanceUsd: 7, concurrencyLimit: 3 });
	},
);
