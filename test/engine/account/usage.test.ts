import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import {
	historyFaults,
	type Fault,
	type Simulator,
	type SimulatorOptions,
} from '../../../simulator';
import { runLuma } from '../../../support/engine/engine';
import { count, startService } from '../../../support/engine/service';

const HOUR_MS = 3_600_000;
const MARCH = { startDate: '2026-03-01', endDate: '2026-03-03' };

interface Day extends IDataObject {
	date: string | null;
}

/** A service with its own time, and a way to create tasks then; all videos are finished at once. */
async function openAccount(options: SimulatorOptions = {}) {
	let now = 0;
	const clock = { now: () => now, sleep: async () => await new Promise<void>(() => {}) };
	const account = { renderSeconds: 0, balanceUsd: 1000, ...options };
	const { simulator, url } = await startService({ ...account, clock });
	return {
		simulator,
		url,
		create: async (time: string, input: object = {}) => {
			now = Date.parse(time);
			return await createTask(simulator, input);
		},
	};
}

async function createTask(simulator: Simulator, input: object) {
	return await simulator.handle({
		method: 'POST',
		path: '/api/v1/task',
		headers: { 'x-api-key': 'simulated-key' },
		body: {
			model: 'luma',
			task_type: 'video_generation',
			input: { prompt: 'A bee', duration: 5, aspect_ratio: '16:9', ...input },
		},
	});
}

async function usageOf(url: string, parameters: IDataObject = MARCH, timezone = 'Europe/Berlin') {
	return await runLuma({
		url,
		timezone,
		parameters: { resource: 'account', operation: 'getUsage', ...parameters },
	});
}

function onHistory(effect: Fault['effect']): SimulatorOptions {
	return { faults: [{ route: 'history', calls: 'every', effect }] };
}

it('counts videos and US dollars per day and in total, both dates included', async () => {
	const { url, create } = await openAccount();
	// In Berlin it is one hour later than in UTC.
	await create('2026-02-28T22:59:59Z');
	await create('2026-02-28T23:00:00Z');
	await create('2026-03-01T12:00:00Z', { duration: 10 });
	await create('2026-03-03T22:59:59Z');
	await create('2026-03-03T23:00:00Z');
	const { json } = await usageOf(url);

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
	const { simulator, url, create } = await openAccount({
		renderSeconds: (_, ordinal) => (ordinal === 1 ? 1e6 : 0),
		queueSeconds: (_, ordinal) => (ordinal === 4 ? 1e6 : 0),
		outcome: (_, ordinal) => (ordinal === 3 ? { message: 'no GPU left' } : undefined),
	});
	for (const minute of [1, 2, 3, 4]) await create(`2026-03-02T10:0${minute}:00Z`);
	const [, , , pending] = [...simulator.tasks.keys()];
	await simulator.handle({
		method: 'DELETE',
		path: `/api/v1/task/${pending}`,
		headers: { 'x-api-key': 'simulated-key' },
	});
	const { json } = await usageOf(url);

	expect(json[0]).toMatchObject({
		videos: 1,
		costUsd: 0.2,
		runningVideos: 1,
		reservedUsd: 0.2,
		unchargedTasks: 2,
		unpricedVideos: 0,
	});
});

it.each([
	['no zone', 'Asia/Tokyo', '2026-03-02T23:30:00', '2026-03-02'],
	['a zone of its own', 'Asia/Tokyo', '2026-03-02T23:30:00Z', '2026-03-03'],
	['a date object', 'America/New_York', "={{ new Date('2026-03-03T03:00:00Z') }}", '2026-03-02'],
	[
		'a date of Luxon',
		'America/New_York',
		"={{ DateTime.fromISO('2026-03-03T03:00:00Z') }}",
		'2026-03-02',
	],
])('takes the day in the time zone of the workflow from %s', async (_, timezone, date, day) => {
	const { url } = await openAccount();
	const { json } = await usageOf(url, { startDate: date, endDate: date }, timezone);

	expect(json).toMatchObject([{ startDate: day, endDate: day, timezone }]);
});

it.each([
	'2026/07/02',
	'2026-7-2',
	'2026-07-02',
	'20260702',
	'July 2, 2026',
	'Jul 2nd 2026',
	'2 July 2026',
	'02-Jul-2026',
	'Thu, 02 Jul 2026 12:00:00 GMT',
	'2026/07/02 23:30',
	'2026-07-03T01:00:00Z',
	46205,
	'46205',
	46205.9,
	Date.UTC(2026, 6, 2, 12) / 1000,
	Date.UTC(2026, 6, 2, 12),
	['2026-07-02'],
])('means July 2 in the time zone of the workflow: %j', async (date) => {
	const { url } = await startService();
	const parameters = { startDate: '={{ $json.date }}', endDate: '={{ $json.date }}' };
	const resource = { resource: 'account', operation: 'getUsage' };
	for (const timezone of ['America/New_York', 'Asia/Tokyo', 'UTC']) {
		const { json } = await runLuma({
			url,
			items: [{ date }],
			parameters: { ...resource, ...parameters },
			timezone,
		});
		// A moment is another day elsewhere.
		const isMoment = typeof date === 'number' ? date > 1e6 : /Z$|GMT$/.test(String(date));
		if (isMoment && timezone !== 'America/New_York') continue;
		expect([timezone, json[0]]).toEqual([
			timezone,
			expect.objectContaining({ startDate: '2026-07-02', endDate: '2026-07-02' }),
		]);
	}
});

it.each([
	['7/2/2026', '2026-07-02 or 2026-02-07'],
	['02.07.2026', '2026-02-07 or 2026-07-02'],
	['25/7/2026', '2026-07-25'],
	['2026-02-30', 'such as 2026-'],
	['2026-07', 'such as 2026-'],
	[2026, 'such as 2026-'],
	[[1, 2], 'such as 2026-'],
	['12:00', 'such as 2026-'],
	['July 2026', 'such as 2026-'],
	[true, 'such as 2026-'],
])(
	'asks for another form where a date can mean more than one day, or none: %j',
	async (date, form) => {
		const { simulator, url } = await startService();
		const { error } = await runLuma({
			url,
			items: [{ date }],
			parameters: { resource: 'account', operation: 'getUsage', startDate: '={{ $json.date }}' },
		});

		expect(error?.message).toContain("'Start Date' is not a time");
		expect(error?.description).toContain(form);
		expect(simulator.calls).toEqual([]);
	},
);

it('has 25 hours on the day on which the clocks go back', async () => {
	const { url, create } = await openAccount();
	await create('2026-10-24T21:59:59Z');
	await create('2026-10-24T22:00:00Z');
	await create('2026-10-25T22:59:59Z');
	await create('2026-10-25T23:00:00Z');
	const { json } = await usageOf(url, { startDate: '2026-10-24', endDate: '2026-10-26' });

	expect((json[0].days as Day[]).map(({ videos }) => videos)).toEqual([1, 2, 1]);
});

it('takes the last 30 days when no dates are given', async () => {
	const { url, create } = await openAccount();
	for (const daysAgo of [32, 27, 0]) {
		await create(new Date(Date.now() - daysAgo * 24 * HOUR_MS).toISOString());
	}
	const { json } = await usageOf(url, {});

	expect(json[0]).toMatchObject({ videos: 2 });
	expect(json[0].days).toHaveLength(30);
});

describe.each(['snake', 'camel'] as const)('with rows named in %s case', (historyCase) => {
	it('reads page after page until it has all', async () => {
		const { simulator, url, create } = await openAccount({ historyCase });
		for (let second = 0; second < 205; second++) {
			await create(new Date(Date.UTC(2026, 2, 2) + second * 1000).toISOString());
		}
		const { json } = await usageOf(url);

		expect(json[0]).toMatchObject({ videos: 205, costUsd: 41 });
		expect(count(simulator, 'history')).toBe(3);
	});

	it.each([
		'hasDuplicates',
		'isUnsorted',
		'hasOtherModels',
		'hasBrokenRows',
		'hasTenThousandRows',
	] as const)('counts the same when the list %s', async (name) => {
		const { url, create } = await openAccount({
			historyCase,
			...onHistory(historyFaults[name]),
		});
		for (const day of [1, 2, 3]) await create(`2026-03-0${day}T12:00:00Z`);
		const { json } = await usageOf(url);

		expect(json[0]).toMatchObject({ videos: 3, costUsd: 0.6, unchargedTasks: 0 });
		expect((json[0].days as Day[]).map(({ videos }) => videos)).toEqual([1, 1, 1]);
	});

	it('goes on after a page that has tasks of other models only', async () => {
		const { url, create } = await openAccount({
			historyCase,
			faults: [
				{
					route: 'history',
					calls: [1],
					effect: {
						kind: 'rewrite',
						body: () => ({
							code: 200,
							data: {
								data: Array.from({ length: 100 }, (_, i) => ({
									task_id: `kling-${i}`,
									task_model: 'kling',
								})),
								total: 102,
							},
						}),
					},
				},
			],
		});
		for (let second = 0; second < 102; second++) {
			await create(new Date(Date.UTC(2026, 2, 2) + second * 1000).toISOString());
		}
		const { json } = await usageOf(url);

		expect(json[0]).toMatchObject({ videos: 2 });
	});

	it('says of how many videos PiAPI names no price', async () => {
		const { url, create } = await openAccount({
			historyCase,
			...onHistory(historyFaults.hasNoUsage),
		});
		await create('2026-03-02T12:00:00Z');
		const { json } = await usageOf(url);

		expect(json[0]).toMatchObject({ videos: 1, costUsd: 0, unpricedVideos: 1 });
	});
});

it('counts tasks with a status that nobody knows as running', async () => {
	const { url, create } = await openAccount(onHistory(historyFaults.saysUnknownWords));
	await create('2026-03-02T12:00:00Z');
	const { json } = await usageOf(url);

	expect(json[0]).toMatchObject({ videos: 0, runningVideos: 1, reservedUsd: 0.2 });
});

it('counts what has no date in the total, and under no day', async () => {
	const { url, create } = await openAccount(
		onHistory({
			kind: 'rewrite',
			body: (body) => JSON.parse(JSON.stringify(body).replaceAll('created_at', 'made')),
		}),
	);
	await create('2026-03-02T12:00:00Z');
	const { json } = await usageOf(url);

	expect(json[0]).toMatchObject({ videos: 1, costUsd: 0.2 });
	expect((json[0].days as Day[]).map(({ date, videos }) => [date, videos])).toEqual([
		['2026-03-01', 0],
		['2026-03-02', 0],
		['2026-03-03', 0],
		[null, 1],
	]);
});

it('leaves out what lies outside of the dates, whatever PiAPI lists', async () => {
	const { url, create } = await openAccount(onHistory(historyFaults.hasFutureDates));
	await create('2026-03-02T12:00:00Z');
	const { json } = await usageOf(url);

	expect(json[0]).toMatchObject({ videos: 0, costUsd: 0 });
});

it('ends at a page that is not full, however many tasks PiAPI counts', async () => {
	const { simulator, url, create } = await openAccount(
		onHistory({
			kind: 'rewrite',
			body: (body) => JSON.parse(JSON.stringify(body).replace(/"total":\d+/, '"total":1000000')),
		}),
	);
	await create('2026-03-02T12:00:00Z');
	const { json } = await usageOf(url);

	expect(json[0]).toMatchObject({ videos: 1 });
	expect(count(simulator, 'history')).toBe(1);
});

it.each([
	['a date that is a word', { startDate: '=yesterday' }, "'Start Date' is not a time: “yesterday”"],
	[
		'an end that is an object',
		{ endDate: '={{ {} }}' },
		"'End Date' is not a time: “[object Object]”",
	],
	[
		'dates in the wrong order',
		{ startDate: '2026-03-03', endDate: '2026-03-01' },
		"'Start Date' lies after 'End Date'",
	],
	[
		'more than a year',
		{ startDate: '2025-01-01', endDate: '2026-01-02' },
		"'Start Date' and 'End Date' include 367 days",
	],
])('says what is wrong with %s, before any request', async (_, parameters, message) => {
	const { simulator, url } = await startService();
	const { error } = await usageOf(url, parameters);

	expect(error?.message).toBe(message);
	expect(simulator.calls).toEqual([]);
});
