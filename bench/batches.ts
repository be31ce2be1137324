import type { SimulatorOptions } from '../simulator';
import { APPROACHES, type Approach } from './baselines';
import type { Outcome } from './outcome';
import { goal, spreadOf, type Goal, type Row, type Section, type Spread } from './report';

const [WALL, REQUESTS, LATE] = ['× one task', 'Requests per video', 'Seconds late'] as const;

/** Several runs of one kind. */
type Batch = Record<typeof WALL | typeof REQUESTS | typeof LATE, Spread> &
	Record<'Lost' | 'Paid twice', number>;

async function run(
	approach: Approach,
	items: number,
	lengths: number[],
	service: SimulatorOptions = {},
): Promise<Batch> {
	const outcomes: Outcome[] = [];
	for (const renderSeconds of lengths) {
		outcomes.push(await approach(items, { ...service, renderSeconds }));
	}
	const sum = (of: 'lost' | 'paidTwice') => outcomes.reduce((total, each) => total + each[of], 0);
	return {
		[WALL]: spreadOf(outcomes.map(({ seconds }, index) => seconds / lengths[index])),
		[REQUESTS]: spreadOf(outcomes.map(({ requests }) => requests / items)),
		[LATE]: spreadOf(outcomes.flatMap(({ lateness }) => lateness)),
		Lost: sum('lost'),
		'Paid twice': sum('paidTwice'),
	};
}

/** Spread evenly over the 15 s between two reads of the loop: else the moment of a read would decide. */
function lengthsAround(seconds: number, count: number): number[] {
	const width = Math.min(15, seconds);
	const places = Array.from({ length: count }, (_, index) => (index + 0.5) / count - 0.5);
	return places.map((place) => seconds + width * place);
}

/** Items, the seconds of their tasks, and how many runs of each kind. */
const SIZES: Array<[number, number[], number]> = [
	[1, [5, 30, 60, 120, 300], 41],
	[50, [30, 120], 3],
	[1000, [30, 120], 3],
];
/** For the node, with tasks of 120 s. */
const CONDITIONS: Array<[number, string, SimulatorOptions]> = [
	[50, '60 requests a minute', { requestsPerMinute: 60 }],
	[1000, 'an answer takes 0.2 s', { answerSeconds: 0.2 }],
];
const OWN = 'Wait Here';

/** The node beside its baselines: same sizes, same tasks, same simulator. */
export async function measureSideBySide(isQuick: boolean): Promise<Section> {
	const batches = new Map<string, Batch>();
	const rows: Row[] = [];
	const add = (items: number, seconds: number, name: string, batch: Batch) => {
		batches.set([items, seconds, name].join(), batch);
		rows.push({ Task: `${seconds} s`, Items: items, Approach: name, ...batch });
	};
	for (const [items, lengths, rounds] of SIZES.slice(0, isQuick ? 2 : 3)) {
		for (const seconds of lengths) {
			for (const [name, approach] of Object.entries(APPROACHES)) {
				add(items, seconds, name, await run(approach, items, lengthsAround(seconds, rounds)));
			}
		}
	}
	for (const [items, name, service] of CONDITIONS.slice(0, isQuick ? 1 : 2)) {
		const batch = await run(APPROACHES[OWN], items, lengthsAround(120, 3), service);
		add(items, 120, `${OWN}, ${name}`, batch);
	}
	const of = (items: number, name = OWN, seconds = 120) =>
		batches.get([items, seconds, name].join())!;
	const loop = 'Loop with Wait 15 s';
	const [fifty, limited] = [of(50), of(50, `${OWN}, ${CONDITIONS[0][1]}`)];
	const own = [...batches].flatMap(([name, batch]) => (name.includes(OWN) ? batch : []));
	const wrong = own.map((batch) => batch.Lost + batch['Paid twice']);
	return {
		title: 'Side by side',
		note: 'In virtual time, from the first create to the last video. Lost and paid twice are sums of all runs.',
		rows,
		goals: [
			...SIZES[0][1].flatMap((seconds) => latenessGoals(seconds, of(1, OWN, seconds)[LATE])),
			goal('Requests, one task of 120 s', of(1)[REQUESTS].median, 'at most 43'),
			goal('Requests per video, 50 tasks of 120 s', fifty[REQUESTS].median, 'at most 5'),
			goal('Wall time, 50 tasks of 120 s', fifty[WALL].median, 'at most 1.03 × one task'),
			goal('Wall time, 60 requests a minute', limited[WALL].median, 'at most 1.25 × one task'),
			goal('Lost or paid twice, side by side', Math.max(...wrong), 'at most 0'),
		],
		reason: 'The end of a task lies between two reads, and the table shows how often it is read.',
		headlines: [
			['Seconds late, a video of 120 s', of(1)[LATE], of(1, loop)[LATE]],
			['Requests per video, 50 videos', fifty[REQUESTS], of(50, loop)[REQUESTS]],
		],
	};
}

/** A task is read every 3 s until it is two minutes old, then after 5 % of its age. */
function latenessGoals(seconds: number, { median, most }: Spread): Goal[] {
	const limits = { 120: [2, 7], 300: [8, 16] }[seconds] ?? [2, 4];
	return [
		goal(`Lateness (median), one task of ${seconds} s`, median, `at most ${limits[0]} s`),
		goal(`Lateness (most), one task of ${seconds} s`, most, `at most ${limits[1]} s`),
	];
}
