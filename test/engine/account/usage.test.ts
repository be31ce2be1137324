import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { historyFaults, type FaultEffect, type SimulatorOptions } from '../../../simulator';
import { runLuma } from '../../../support/engine/engine';
import { count, startService } from '../../../support/engine/service';
import { rewritingText } from '../../../support/faults';

const DAY_MS = 24 * 3_600_000;
const MARCH = { startDate: '2026-03-01', endDate: '2026-03-03' };
const NOON = '2026-03-02T12:00:00Z';

/** A service with its own time, and a way to create tasks then; all videos are finished at once. */
async function openAccount(options: SimulatorOptions = {}, history?: FaultEffect) {
	let now = 0;
	const clock = { now: () => now, sleep: async () => await new Promise<void>(() => {}) };
	const faults = history && [{ route: 'history', calls: 'every', effect: history } as const];
	const account = { renderSeconds: 0, balanceUsd: 1000, faults, ...options };
	const { simulator, url } = await startService({ ...account, clock });
	const send = async (method: string, path: string, body?: object) =>
		await simulator.handle({ method, path, headers: { 'x-api-key': 'simulated-key' }, body });
	const create = async (time: string | number, input: object = {}) => {
		now = new Date(time).getTime();
		const asked = { prompt: 'A bee', duration: 5, aspect_ratio: '16:9', ...input };
		const task = { model: 'luma', task_type: 'video_generation', input: asked };
		await send('POST', '/api/v1/task', task);
	};
	return { simulator, send, create, usage: async (...own: Own) => await usageOf(url, ...own) };
}

type Own = [parameters?: IDataObject, timezone?: string, items?: IDataObject[]];

async function usageOf(url: string, ...[own = MARCH, timezone = 'Europe/Berlin', items]: Own) {
	const parameters = { resource: 'account', operation: 'getUsage', ...own };
	return await runLuma({ url, timezone, parameters, items });
}

/** Of each day, or of another name. */
function videosPerDay(json: IDataObject, name = 'videos') {
	return (json.days as IDataObject[]).map(({ [name]: value }) => value);
}

it('counts videos and US dollars per day and in total, both dates included', async () => {
	const { create, usage } = await openAccount();
	// In Berlin it is one hour later than in UTC.
	await create('2026-02-28T22:59:59Z');
	await create('2026-02-28T23:00:00Z');
	await create('2026-03-01T12:00:00Z', { duration: 10 });
	await create('2026-03-03T22:59:59Z');
	await create('2026-03-03T23:00:00Z');
	const { json } = await usage();

	const nothing = { runningVideos: 0, reservedUsd: 0, unchargedTasks: 0, unpricedVideos: 0 };
	expect(json).toEqual([
		{
			videos: 3,
			costUsd: 0.8,
			startDate: '2026-03-01',
			endDate: '2026-03-03',
			timezone: 'Europe/Berlin',
			...nothing,
			days: [
				{ date: '2026-03-01', videos: 2, costUsd: 0.6, ...nothing },
				{ date: '2026-03-02', videos: 0, costUsd: 0, ...nothing },
				{ date: '2026-03-03', videos: 1, costUsd: 0.2, ...nothing },
			],
		},
	]);
});

it('reports running videos apart, and counts nothing for failed and cancelled ones', async () => {
	const { simulator, send, create, usage } = await openAccount({
		renderSeconds: (_, ordinal) => (ordinal === 1 ? Infinity : 0),
		queueSeconds: (_, ordinal) => (ordinal === 4 ? Infinity : 0),
		outcome: (_, ordinal) => (ordinal === 3 ? { message: 'no GPU left' } : undefined),
	});
	for (const minute of [1, 2, 3, 4]) await create(`2026-03-02T10:0${minute}:00Z`);
	const pending = [...simulator.tasks.keys()][3];
	await send('DELETE', `/api/v1/task/${pending}`);

	expect((await usage()).json[0]).toMatchObject({
		videos: 1,
		costUsd: 0.2,
		runningVideos: 1,
		reservedUsd: 0.2,
		unchargedTasks: 2,
		unpricedVideos: 0,
	});
});

describe('a date', () => {
	it.each<[timezone: string, dates: unknown[]]>([
		['Asia/Tokyo', ['2026/07/02', 'July 2, 2026', '02-Jul-2026', '2026-07-02T23:30:00']],
		['Asia/Tokyo', ['2026-07-01T23:30:00Z', "={{ DateTime.fromISO('2026-07-01T15:00:00Z') }}"]],
		['America/New_York', ['20260702', 'Jul 2nd 2026', ['2026-07-02'], '2026/07/02 23:30']],
		['America/New_York', ['2026-07-03T01:00:00Z', "={{ new Date('2026-07-03T03:00:00Z') }}"]],
		['UTC', ['2026-7-2', 'Thu, 02 Jul 2026 12:00:00 GMT']],
		// Of spreadsheets, and seconds or milliseconds since 1970.
		['Asia/Tokyo', [46205, '46205', 46205.9]],
		['UTC', [Date.UTC(2026, 6, 2, 12) / 1000, Date.UTC(2026, 6, 2, 12)]],
	])('means July 2 in the time zone of the workflow: %s, %j', async (timezone, dates) => {
		const { usage } = await openAccount();
		for (const date of dates) {
			const day = String(date).startsWith('={{') ? String(date) : '={{ $json.date }}';
			const items = [{ date: date as string }];
			const { json } = await usage({ startDate: day, endDate: day }, timezone, items);
			const found = { startDate: '2026-07-02', endDate: '2026-07-02', timezone };
			expect([date, json[0]]).toEqual([date, expect.objectContaining(found)]);
		}
	});

	it.each<[form: string, dates: unknown[]]>([
		['2026-07-02 or 2026-02-07', ['7/2/2026']],
		['2026-02-07 or 2026-07-02', ['02.07.2026']],
		['2026-07-25', ['25/7/2026']],
		['such as 2026-', ['2026-02-30', '2026-07', 2026, [1, 2], '12:00', 'July 2026', true]],
	])('that can mean more than one day, or none, is to be written %s: %j', async (form, dates) => {
		const { simulator, usage } = await openAccount();
		for (const date of dates) {
			const items = [{ date: date as string }];
			const { error } = await usage({ startDate: '={{ $json.date }}' }, undefined, items);
			expect([date, error?.message]).toEqual([
				date,
				expect.stringContaining("'Start Date' is not"),
			]);
			expect(error?.description).toContain(form);
		}
		expect(simulator.calls).toEqual([]);
	});

	it('of the day on which the clocks go back has 25 hours', async () => {
		const { create, usage } = await openAccount();
		await create('2026-10-24T21:59:59Z');
		await create('2026-10-24T22:00:00Z');
		await create('2026-10-25T22:59:59Z');
		await create('2026-10-25T23:00:00Z');
		const { json } = await usage({ startDate: '2026-10-24', endDate: '2026-10-26' });
		expect(videosPerDay(json[0])).toEqual([1, 2, 1]);
	});

	it('that is not given means the last 30 days', async () => {
		const { create, usage } = await openAccount();
		for (const daysAgo of [32, 27, 0]) await create(Date.now() - daysAgo * DAY_MS);
		const { json } = await usage({});
		expect(json[0]).toMatchObject({ videos: 2 });
		expect(json[0].days).toHaveLength(30);
	});
});

describe.each(['snake', 'camel'] as const)('with rows named in %s case', (historyCase) => {
	const aSecondApart = Array.from({ length: 205 }, (_, i) => Date.UTC(2026, 2, 2) + i * 1000);

	it('reads page after page until it has all', async () => {
		const { simulator, create, usage } = await openAccount({ historyCase });
		for (const time of aSecondApart) await create(time);
		expect((await usage()).json[0]).toMatchObject({ videos: 205, costUsd: 41 });
		expect(count(simulator, 'history')).toBe(3);
	});

	it.each([
		'hasDuplicates',
		'isUnsorted',
		'hasOtherModels',
		'hasBrokenRows',
		'hasTenThousandRows',
	] as const)('counts the same when the list %s', async (name) => {
		const { create, usage } = await openAccount({ historyCase }, historyFaults[name]);
		for (const day of [1, 2, 3]) await create(`2026-03-0${day}T12:00:00Z`);
		const { json } = await usage();
		expect(json[0]).toMatchObject({ videos: 3, costUsd: 0.6, unchargedTasks: 0 });
		expect(videosPerDay(json[0])).toEqual([1, 1, 1]);
	});

	it('goes on after a page that has tasks of other models only', async () => {
		const ofOthers = (i: number) => ({ task_id: `kling-${i}`, task_model: 'kling' });
		const rows = Array.from({ length: 100 }, (_, i) => ofOthers(i));
		const body = () => ({ code: 200, data: { data: rows, total: 102 } });
		const effect = { kind: 'rewrite', body } as const;
		const faults = [{ route: 'history' as const, calls: [1], effect }];
		const { create, usage } = await openAccount({ historyCase, faults });
		for (const time of aSecondApart.slice(0, 102)) await create(time);
		expect((await usage()).json[0]).toMatchObject({ videos: 2 });
	});

	it('says of how many videos PiAPI names no price', async () => {
		const { create, usage } = await openAccount({ historyCase }, historyFaults.hasNoUsage);
		await create(NOON);
		expect((await usage()).json[0]).toMatchObject({ videos: 1, costUsd: 0, unpricedVideos: 1 });
	});
});

it('counts what has no date in the total, and under no day', async () => {
	const withoutDates = rewritingText((text) => text.replaceAll('created_at', 'made'));
	const { create, usage } = await openAccount({}, withoutDates);
	await create(NOON);
	const { json } = await usage();
	expect(json[0]).toMatchObject({ videos: 1, costUsd: 0.2 });
	expect(videosPerDay(json[0])).toEqual([0, 0, 0, 1]);
	expect(videosPerDay(json[0], 'date')).toEqual(['2026-03-01', '2026-03-02', '2026-03-03', null]);
});

it.each<[what: string, list: FaultEffect, counted: IDataObject]>([
	[
		'counts tasks with a status that nobody knows as running',
		historyFaults.saysUnknownWords,
		{ videos: 0, runningVideos: 1, reservedUsd: 0.2 },
	],
	[
		'leaves out what lies outside of the dates, whatever PiAPI lists',
		historyFaults.hasFutureDates,
		{ videos: 0, costUsd: 0 },
	],
	[
		'ends at a page that is not full, however many tasks PiAPI counts',
		rewritingText((text) => text.replace(/"total":\d+/, '"total":1000000')),
		{ videos: 1 },
	],
])('%s', async (_, list, counted) => {
	const { simulator, create, usage } = await openAccount({}, list);
	await create(NOON);
	expect((await usage()).json[0]).toMatchObject(counted);
	expect(count(simulator, 'history')).toBe(1);
});

it.each([
	[{ startDate: '=yesterday' }, "'Start Date' is not a time: “yesterday”"],
	[{ endDate: '={{ {} }}' }, "'End Date' is not a time: “[object Object]”"],
	[{ ...MARCH, endDate: '2026-02-01' }, "'Start Date' lies after 'End Date'"],
	[
		{ startDate: '2025-01-01', endDate: '2026-01-02' },
		"'Start Date' and 'End Date' include 367 days",
	],
])('says what is wrong with %j, before any request', async (parameters, message) => {
	const { simulator, usage } = await openAccount();
	expect((await usage(parameters)).error?.message).toBe(message);
	expect(simulator.calls).toEqual([]);
});
