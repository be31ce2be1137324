import { describe, expect, it } from '@jest/globals';
import { facts } from '../../../scripts/checkPiapi/facts';
import { dialects, historyFaults } from '../../../simulator';
import { brokenServices } from './broken';
import { check, KEY } from './checked';

/** What the simulator shows to nobody who does not provoke it. */
const UNPROVOKED = ['tooManyRequests', 'failedTask', 'cancelPending'];

const secretOf = ({ config }: { config: { webhook_config?: { secret?: string } } }) =>
	String(config.webhook_config?.secret);

describe('at a service that keeps to the contract', () => {
	const ways = dialects
		.filter((dialect) => dialect !== 'files')
		.flatMap((dialect) =>
			(['snake', 'camel'] as const).map((historyCase) => ({ dialect, historyCase })),
		);
	it.each(ways)('every fact holds in the forms %j', async (service) => {
		const { exitCode, differs, notSeen } = await check({ service });
		expect({ exitCode, differs, notSeen }).toEqual({
			exitCode: 0,
			differs: [],
			notSeen: UNPROVOKED,
		});
	});

	it('a form that no page shows differs, although the node finds its video', async () => {
		const { exitCode, differs } = await check({ service: { dialect: 'files' } });
		expect({ exitCode, differs }).toEqual({ exitCode: 1, differs: ['outputForm'] });
	});

	it('every fact holds for status words in capitals, and for a list that is a bit late', async () => {
		const statusWords = { pending: 'Pending', processing: 'Processing', completed: 'Completed' };
		const lag = { kind: 'lag', seconds: 20 } as const;
		const { exitCode, differs } = await check({
			service: { statusWords, faults: [{ route: 'history', calls: 'every', effect: lag }] },
		});
		expect({ exitCode, differs }).toEqual({ exitCode: 0, differs: [] });
	});

	it('it keeps to a limit on requests, and says that there is one', async () => {
		const { exitCode, holds, notSeen } = await check({ service: { requestsPerMinute: 10 } });
		expect(exitCode).toBe(0);
		expect(holds).toContain('tooManyRequests');
		expect(notSeen).not.toContain('tooManyRequests');
	});

	it('a failed task of the account shows what failures look like', async () => {
		const outcome = (_: unknown, ordinal: number) =>
			ordinal === 3 ? { message: 'refused by moderation' } : undefined;
		const { exitCode, holds } = await check({ service: { outcome }, pays: false });
		expect(exitCode).toBe(0);
		expect(holds).toContain('failedTask');
	});
});

describe('free calls only', () => {
	it('create no task, and read the earlier ones for what they show', async () => {
		const { exitCode, holds, notSeen, simulator } = await check({ pays: false });
		expect(exitCode).toBe(0);
		expect(simulator.tasks.size).toBe(12);
		expect(holds).toEqual(expect.arrayContaining(['taskFields', 'outputForm', 'videoLink']));
		expect(notSeen).toEqual(expect.arrayContaining(['createAnswer', 'createEcho', 'echoAtEnd']));
	});

	it('see the echo in an earlier task that had a secret and an empty endpoint', async () => {
		const config = { webhook_config: { endpoint: '', secret: 'of an earlier order' } };
		const { holds, output } = await check({ pays: false, config });
		expect(holds).toContain('echoAtEnd');
		expect(output).not.toContain('of an earlier order');
	});

	it('find out little at an account without tasks, and nothing that differs', async () => {
		const { exitCode, differs, notSeen } = await check({ pays: false, earlier: 0 });
		expect({ exitCode, differs }).toEqual({ exitCode: 0, differs: [] });
		expect(notSeen).toEqual(expect.arrayContaining(['taskFields', 'rowFields', 'videoLink']));
	});

	it('do not count the link of an older video that has expired', async () => {
		const service = { linksExpireAfterSeconds: 10 };
		const free = await check({ pays: false, service });
		expect(free.notSeen).toContain('videoLink');
		const paid = await check({ service });
		expect(paid.holds).toContain('videoLink');
	});
});

describe('at a service that does not', () => {
	const checkable = facts.map(({ id }) => id).filter((id) => id !== 'cancelPending');

	it('there is a case for every fact that is tried', () => {
		expect(Object.keys(brokenServices)).toEqual(checkable);
	});

	it.each(Object.entries(brokenServices))('%s is seen to differ', async (id, setting) => {
		const { exitCode, differs } = await check(setting);
		expect(differs).toContain(id);
		expect(exitCode).toBe(1);
	});

	it('three broken facts are named, and no others', async () => {
		const { wrongKey, price, readEcho } = brokenServices;
		const faults = [wrongKey, price, readEcho].flatMap(({ service }) => service?.faults ?? []);
		// A call meets one fault only: the paid video's first read is not one that tells a price.
		const { exitCode, differs } = await check({ service: { faults: faults.reverse() } });
		expect({ exitCode, differs }).toEqual({
			exitCode: 1,
			differs: ['wrongKey', 'price', 'readEcho'],
		});
	});

	it.each(Object.entries(historyFaults))('a list that %s does not crash it', async (_, effect) => {
		const faults = [{ route: 'history' as const, calls: 'every' as const, effect }];
		const { exitCode, holds } = await check({ service: { faults } });
		expect([0, 1]).toContain(exitCode);
		expect(holds).toContain('createEcho');
	});
});

describe('paying', () => {
	it('creates one video of 5 seconds, and names its task', async () => {
		const { simulator, output } = await check({ earlier: 0 });
		const tasks = [...simulator.tasks.values()];
		expect(tasks.map(({ input }) => input.duration)).toEqual([5]);
		expect(output).toContain(tasks[0].taskId);
	});

	it('never creates a second one when the answer is lost, and says what may have happened', async () => {
		const isOrder = ({ body }: { body?: unknown }) => JSON.stringify(body).includes('"prompt"');
		let paid = 0;
		const reset = { kind: 'reset', afterHandling: true } as const;
		const checking = check({
			earlier: 0,
			service: {
				outcome: () => void paid++,
				faults: [{ route: 'create', calls: 'every', when: isOrder, effect: reset }],
			},
		});
		await expect(checking).rejects.toThrow('may have been ordered');
		expect(paid).toBe(1);
	});

	it('times out on a video that does not end, and explains it for what it would have shown', async () => {
		const { exitCode, notSeen, output } = await check({
			earlier: 0,
			service: { renderSeconds: 3600 },
		});
		expect(exitCode).toBe(0);
		expect(notSeen).toEqual(expect.arrayContaining(['echoAtEnd', 'cancelEnded', 'endListed']));
		expect(output).not.toContain('needs --pay');
	});
});

it('says that the key is refused, and asks nothing more of PiAPI', async () => {
	const { exitCode, simulator } = await check({ service: { apiKey: 'another' }, earlier: 0 });
	expect(exitCode).toBe(1);
	expect(simulator.tasks.size).toBe(0);
	expect(simulator.calls).toHaveLength(1);
});

it('explains that nothing answers at the address', async () => {
	const reset = { kind: 'reset' } as const;
	const faults = [{ route: 'account' as const, calls: 'every' as const, effect: reset }];
	await expect(check({ service: { faults } })).rejects.toThrow('does not answer');
});

it('shows neither the key nor a secret, whatever PiAPI says', async () => {
	const body = (answer: unknown) => {
		const text = JSON.stringify(answer).replace(/"(success|pending|completed|luma)"/g, `"${KEY}"`);
		return JSON.parse(text) as unknown;
	};
	const routes = ['account', 'activeTasks', 'history', 'read', 'create', 'cancel'] as const;
	const config = { webhook_config: { endpoint: 'https://n8n.test/hook', secret: 'a-secret' } };
	const { output, simulator } = await check({
		config,
		service: {
			sendCallback: async () => await Promise.resolve({ status: 200 }),
			faults: routes.map((route) => ({
				route,
				calls: 'every',
				effect: { kind: 'rewrite', body },
			})),
		},
	});
	expect(output).toContain('[hidden]');
	for (const secret of [KEY, 'n8n.test', ...[...simulator.tasks.values()].map(secretOf)]) {
		expect(secret).not.toBe('');
		expect(output).not.toContain(secret);
	}
});
