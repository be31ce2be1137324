import { expect, it } from '@jest/globals';
import { historyFaults, type FaultEffect } from '../../../simulator';
import { openAccount } from '../../../support/virtualTime/simulatedAccount';

/** What the client sees of a create: an answer, or how the connection ends, and after how many seconds. */
async function createUnder(effect: FaultEffect) {
	const { create, simulator, clock, run } = openAccount({ queueSeconds: 0 });
	simulator.addFault({ route: 'create', effect });
	return await run(async () => {
		const start = clock.now();
		const { status } = await create().catch(({ code }: { code: string }) => ({ status: code }));
		const [call] = simulator.calls;
		return [status, (clock.now() - start) / 1000, simulator.tasks.size, call.status];
	});
}

const afterHandling = true;

it.each<[FaultEffect, Awaited<ReturnType<typeof createUnder>>]>([
	[{ kind: 'answer', status: 429 }, [429, 0, 0, 429]],
	[{ kind: 'answer', status: 500, afterHandling }, [500, 0, 1, 500]],
	[{ kind: 'html', status: 502 }, [502, 0, 0, 502]],
	[{ kind: 'reset' }, ['ECONNRESET', 0, 0, 'reset']],
	[{ kind: 'reset', afterHandling }, ['ECONNRESET', 0, 1, 'reset']],
	[{ kind: 'hang', seconds: 90 }, ['ECONNRESET', 90, 0, 'hang']],
	[{ kind: 'hang', afterHandling }, ['ECONNRESET', 3600, 1, 'hang']],
	[{ kind: 'slow', seconds: 45 }, [200, 45, 1, 200]],
	[{ kind: 'rewrite', body: () => ({ code: 1 }) }, [200, 0, 1, 200]],
])('%j: a create is seen, and has taken effect, as %j', async (effect, expected) => {
	expect(await createUnder(effect)).toEqual(expected);
});

it('a lagging read shows the state of a while ago, and no task that is younger', async () => {
	const { create, read, simulator, clock, run } = openAccount();
	simulator.addFault({ route: 'read', calls: 'every', effect: { kind: 'lag', seconds: 3 } });
	await run(async () => {
		const { task_id } = (await create()).data;
		await clock.sleep(2999);
		expect((await read(task_id)).status).toBe(404);
		await clock.sleep(2201);
		expect(simulator.tasks.get(task_id)?.status).toBe('completed');
		expect((await read(task_id)).data).toMatchObject({ status: 'processing', output: null });
	});
});

it('meets the calls of its route that it names', async () => {
	const { call } = openAccount({
		faults: [{ route: 'account', calls: [2, 4], effect: { kind: 'answer', status: 503 } }],
	});
	const statuses: number[] = [];
	for (let calls = 0; calls < 5; calls++) {
		statuses.push((await call('GET', '/account/info')).status);
	}
	expect(statuses).toEqual([200, 503, 200, 503, 200]);
});

const HISTORY = '/api/open/tasks/histories';

it.each(['snake', 'camel'] as const)('the list can be wrong, in %s case', async (historyCase) => {
	const { create, call, simulator } = openAccount({ historyCase });
	for (let made = 0; made < 4; made++) await create();
	const ids = [...simulator.tasks.keys()];
	const seen: Record<string, unknown> = {};
	for (const [name, effect] of Object.entries(historyFaults)) {
		simulator.clearFaults();
		simulator.addFault({ route: 'history', calls: 'every', effect });
		const { data } = await call<{ data: Array<Record<string, string>> } | null>('GET', HISTORY);
		const rows = Array.isArray(data?.data) ? data.data.slice(-8) : [];
		seen[name] = rows.map((row) => ids.indexOf(row?.task_id ?? row?.taskId) + 1).join('');
	}
	expect(seen).toMatchObject({
		answers500: '',
		isEmpty: '',
		hasNoRows: '',
		missesEverySecondRow: '31',
		hasOtherModels: '04030201',
		hasBrokenRows: '00004321',
		isUnsorted: '1342',
		hasDuplicates: '44332211',
		hasTenThousandRows: '00004321',
		saysFailed: '4321',
		hasFutureDates: '4321',
	});
});
