import { describe, expect, it } from '@jest/globals';
import { dialects, type ConfigEcho, type SimulatorOptions } from '../../../simulator';
import { openAccount, type WireTask } from './account';

const sent = {
	service_mode: 'public',
	webhook_config: { endpoint: 'https://n8n.test/hook', secret: 'a secret' },
};
const nobody = { ...sent, webhook_config: { endpoint: '', secret: 'a secret' } };

/** The `config` that a create, a read and, unless the endpoint is empty, a report show. */
async function echoes(config: object, options: SimulatorOptions = {}) {
	const webhooks: WireTask[] = [];
	const headers: Array<Record<string, string>> = [];
	const { create, read, clock, run } = openAccount({
		...options,
		sendCallback: async (request) => {
			webhooks.push((request.body as { data: WireTask }).data);
			headers.push(request.headers);
			return await Promise.resolve({ status: 200 });
		},
	});
	return await run(async () => {
		const created = (await create({}, config)).data;
		await clock.sleep(10_000);
		const tasks = [created, (await read(created.task_id)).data, ...webhooks];
		return { configs: tasks.map((task) => task.config), headers };
	});
}

describe.each(dialects)('the config in the %s dialect', (dialect) => {
	it('comes back as it was sent, in a create, a read and a webhook', async () => {
		expect((await echoes(sent, { dialect })).configs).toEqual([sent, sent, sent]);
	});

	it('comes back with an empty endpoint too, which nobody is called at', async () => {
		expect((await echoes(nobody, { dialect })).configs).toEqual([nobody, nobody]);
	});
});

it('comes back with fields that are not known', async () => {
	const config = { extra: 1, webhook_config: { ...nobody.webhook_config, more: [2] } };
	expect((await echoes(config)).configs[0]).toMatchObject(config);
});

it.each<[ConfigEcho, object | undefined]>([
	['withoutSecret', { ...sent, webhook_config: { endpoint: 'https://n8n.test/hook' } }],
	['emptySecret', { ...sent, webhook_config: { endpoint: 'https://n8n.test/hook', secret: '' } }],
	['withoutConfig', undefined],
])(
	'with the option %s is another one, while the report keeps its header',
	async (configEcho, shown) => {
		const { configs, headers } = await echoes(sent, { configEcho });
		expect(configs).toEqual([shown, shown, shown]);
		expect(headers).toMatchObject([{ 'x-webhook-secret': 'a secret' }]);
	},
);
