import { expect, it } from '@jest/globals';
import { historyFaults, type SimulatorOptions } from '../../../simulator';
import { openAccount } from './account';

interface Row {
	task_id: string;
	task_model: string;
	usage?: number;
	status: string;
	created_at: string;
}

type FaultName = keyof typeof historyFaults;

/** The list of four tasks, two of them completed, under a fault. The newest has the number 4. */
async function listUnder(name: FaultName, options: SimulatorOptions = {}) {
	const { create, call, simulator, clock, run } = openAccount(options);
	return await run(async () => {
		const ids: string[] = [];
		for (let made = 0; made < 4; made++) {
			ids.push((await create()).data.task_id);
			await clock.sleep(2_500);
		}
		simulator.addFault({ route: 'history', calls: 'every', effect: historyFaults[name] });
		const answer = await call<{ data: Row[] } | null>('GET', '/api/open/tasks/histories');
		const rows = Array.isArray(answer.data?.data) ? answer.data.data : undefined;
		const numbers = rows?.map((row) => ids.indexOf(row?.task_id) + 1);
		return { answer, rows, numbers };
	});
}

it.each<[FaultName, number[]]>([
	['lagsBy60Seconds', []],
	['isEmpty', []],
	['missesEverySecondRow', [3, 1]],
	['hasOtherModels', [0, 4, 0, 3, 0, 2, 0, 1]],
	['hasBrokenRows', [0, 0, 0, 0, 4, 3, 2, 1]],
	['isUnsorted', [1, 3, 4, 2]],
	['hasDuplicates', [4, 4, 3, 3, 2, 2, 1, 1]],
	['hasFutureDates', [4, 3, 2, 1]],
	['hasNoUsage', [4, 3, 2, 1]],
])('%s: lists the tasks %j', async (name, expected) => {
	expect((await listUnder(name)).numbers).toEqual(expected);
});

it.each<[FaultName, string]>([
	['saysCompletedTooEarly', 'completed'],
	['saysFailed', 'failed'],
	['saysProcessingForEver', 'processing'],
	['saysUnknownWords', 'archived'],
])('%s: every status is %s', async (name, word) => {
	const { rows } = await listUnder(name);
	expect(rows?.map(({ status }) => status)).toEqual([word, word, word, word]);
});

it.each<FaultName>(['hasNoList', 'hasNoRows'])('%s: there are no rows to read', async (name) => {
	const { answer, rows } = await listUnder(name);
	expect(answer.code).toBe(200);
	expect(rows).toBeUndefined();
});

it('answers500: the list is refused', async () => {
	expect((await listUnder('answers500')).answer).toMatchObject({ status: 500, code: 500 });
});

it('hasTenThousandRows: its own tasks are the last ones', async () => {
	const { rows, numbers } = await listUnder('hasTenThousandRows');
	expect(rows).toHaveLength(10_000);
	expect(numbers?.slice(-4)).toEqual([4, 3, 2, 1]);
});

it('hasFutureDates: in either case of the names', async () => {
	const future = expect.stringMatching(/^2126-/);
	expect((await listUnder('hasFutureDates')).rows?.[0]).toMatchObject({ created_at: future });
	const { rows } = await listUnder('hasFutureDates', { historyCase: 'camel' });
	expect(rows?.[0]).toMatchObject({ createdAt: future });
	expect(rows?.[0]).not.toHaveProperty('created_at');
});

it('hasOtherModels: rows of other models name their model', async () => {
	const { rows } = await listUnder('hasOtherModels');
	expect(rows?.map(({ task_model }) => task_model).slice(0, 2)).toEqual(['kling', 'luma']);
});

it('leaves a refusal of the list as it is', async () => {
	const { call, simulator } = openAccount();
	simulator.addFault({ route: 'history', effect: historyFaults.isEmpty });
	expect(await call('GET', '/api/open/tasks/histories?page=0')).toMatchObject({ code: 400 });
});

it.each<'snake' | 'camel'>(['snake', 'camel'])(
	'hasNoUsage: no row has a price, with names in %s case',
	async (historyCase) => {
		const { rows } = await listUnder('hasNoUsage', { historyCase });
		expect(rows?.map(({ usage }) => usage)).toEqual([undefined, undefined, undefined, undefined]);
	},
);
