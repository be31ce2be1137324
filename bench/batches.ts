import { historyFaults, type SimulatorOptions } from '../simulator';
import { APPROACHES } from './baselines';
import { peakBytesOf } from './memory';
import { lengthsAround, wallOf, type Approach, type Outcome } from './outcome';
import type { Plan } from './plans';
import {
	decimals,
	type Goal,
	goal,
	type Row,
	type Section,
	type Spread,
	spreadOf,
} from './section';
import { waitHere } from './virtual';

const KB = 1000;
const SAMPLE_INTERVAL_MS = 50;

/** Several runs of one kind. */
interface Batch {
	outcomes: Outcome[];
	/** From the first create to the last video, relative to one task. */
	wall: Spread;
	/** Requests per video, of every kind. */
	requests: Spread;
	/** Seconds, of all videos. */
	lateness: Spread;
	lost: number;
	extraTasks: number;
}

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
	const delivered = outcomes.flatMap((outcome) => outcome.delivered);
	const sum = (part: 'lost' | 'extraTasks') =>
		outcomes.reduce((total, outcome) => total + outcome[part], 0);
	return {
		outcomes,
		wall: spreadOf(outcomes.map((outcome, index) => wallOf(outcome, lengths[index]))),
		requests: spreadOf(outcomes.map(({ requests }) => requests.length / items)),
		lateness: spreadOf(delivered.map(({ lateness }) => lateness)),
		lost: sum('lost'),
		extraTasks: sum('extraTasks'),
	};
}

function cellsOf({ wall, requests, lateness, lost, extraTasks }: Batch): Row {
	return {
		'× one task': wall,
		'Requests per video': requests,
		'Seconds late': lateness,
		Lost: lost,
		'Paid twice': extraTasks,
	};
}

/** The node beside its baselines: same sizes, same tasks, same simulator. */
export async function measureSideBySide(plan: Plan['batches']): Promise<Section> {
	const rows: Row[] = [];
	const leads: Goal[] = [];
	for (const taskSeconds of plan.taskSeconds) {
		const lengths = lengthsAround(taskSeconds, plan.rounds);
		for (const items of plan.items) {
			const batches: Record<string, Batch> = {};
			for (const [name, approach] of Object.entries(APPROACHES)) {
				const peaksKb: number[] = [];
				const batch = await run(sampled(approach, peaksKb), items, lengths);
				batches[name] = batch;
				const memory = { 'Peak memory, kB': spreadOf(peaksKb) };
				const what = { Task: `${taskSeconds} s`, Items: items, Approach: name };
				rows.push({ ...what, ...cellsOf(batch), ...memory });
			}
			leads.push(...leadsOf(`${items} tasks of ${taskSeconds} s`, batches));
		}
	}
	return {
		title: 'Side by side',
		note: `Runs of several items in virtual time, ${plan.rounds} of each kind, from the first create to the last video. Every request counts. Memory includes that of the simulator, which keeps every task and request. Lost and paid twice are sums of all runs.`,
		rows,
		goals: worstOf(leads),
	};
}

/** The approach, which notes down how many kilobytes each run needed at most, its simulator included. */
function sampled(approach: Approach, peaksKb: number[]): Approach {
	return async (items, service) => {
		const work = async () => await approach(items, service);
		const [outcome, bytes] = await peakBytesOf(work, SAMPLE_INTERVAL_MS);
		peaksKb.push(bytes / KB);
		return outcome;
	};
}

/** By how much reading every 3 s had all videos sooner, for each run in which it lost none. */
function leadsOf(what: string, batches: Record<string, Batch>): Goal[] {
	const [own, plain] = [batches['Wait Here'].outcomes, batches['Read every 3 s'].outcomes];
	const name = 'Lead of reading every 3 s over Wait Here (most), in runs in which it lost nothing';
	return plain.flatMap((other, index) => {
		if (other.lost > 0) return [];
		const lead = wallOf(own[index], 1) - wallOf(other, 1);
		const [late, sooner] = [own[index], other].map(({ delivered }) =>
			decimals(delivered.at(-1)!.lateness),
		);
		const reason = `${what}: Wait Here saw the last video ${late} s after its end, reading every 3 s ${sooner} s after it`;
		return [goal(name, lead, 'at most 2 s', reason)];
	});
}

/** What the goals of a batch speak of. */
const MEASURES = {
	wall: { title: 'Wall time', of: ({ wall }: Batch) => wall.median },
	requests: { title: 'Requests per video', of: ({ requests }: Batch) => requests.median },
	lateness: { title: 'Lateness (median)', of: ({ lateness }: Batch) => lateness.median },
	latest: { title: 'Lateness (most)', of: ({ lateness }: Batch) => lateness.most },
	wrong: { title: 'Lost or paid twice', of: (batch: Batch) => batch.lost + batch.extraTasks },
};

type Limits = Partial<Record<keyof typeof MEASURES, string>>;

interface Condition {
	items: number;
	service: SimulatorOptions;
	limits: Limits;
	/** Conditions with the same goals share them; the worst figure counts. */
	group?: string;
}

const CONDITIONS: Record<string, Condition> = {
	'no limits': {
		items: 50,
		service: {},
		limits: { wall: 'at most 1.03 × one task', requests: 'at most 4' },
	},
	'60 requests a minute': {
		items: 50,
		service: { requestsPerMinute: 60 },
		limits: { wall: 'at most 1.25 × one task' },
	},
	'an answer takes 0.2 s': {
		items: 1000,
		service: { answerSeconds: 0.2 },
		limits: { wall: 'at most 1.4 × one task', requests: 'at most 4' },
	},
	'the task list lags by 60 s': faultyList('lagsBy60Seconds'),
	'the task list answers 500': faultyList('answers500'),
	'the task list misses every second row': faultyList('missesEverySecondRow'),
	'the task list says completed too early': faultyList('saysCompletedTooEarly'),
	'the task list says failed': faultyList('saysFailed'),
	'the task list says processing for ever': faultyList('saysProcessingForEver'),
	'the task list says unknown words': faultyList('saysUnknownWords'),
};

/** Lateness has to be as for single reads. */
function faultyList(fault: keyof typeof historyFaults): Condition {
	const effect = historyFaults[fault];
	return {
		items: 50,
		service: { faults: [{ route: 'history', calls: 'every', effect }] },
		limits: { lateness: 'at most 2 s', latest: 'at most 4 s' },
		group: 'any fault of the task list',
	};
}

const TASK_SECONDS = 120;

/** The node alone, with many tasks of 120 s, under the conditions that have goals. */
export async function measureConditions(plan: Plan['batches']): Promise<Section> {
	const rows: Row[] = [];
	const goals: Goal[] = [];
	const lengths = lengthsAround(TASK_SECONDS, plan.rounds);
	for (const [name, condition] of Object.entries(CONDITIONS)) {
		const items = Math.min(condition.items, plan.mostItems);
		const batch = await run(waitHere, items, lengths, condition.service);
		rows.push({ Items: items, Condition: name, ...cellsOf(batch) });
		const what = `${items} tasks of ${TASK_SECONDS} s, ${condition.group ?? name}`;
		goals.push(...goalsOf(what, name, batch, { wrong: 'at most 0', ...condition.limits }));
	}
	const note = `Wait Here with tasks of about ${TASK_SECONDS} s, in virtual time, ${plan.rounds} runs of each kind.`;
	return { title: 'Many items under conditions', note, rows, goals: worstOf(goals) };
}

function goalsOf(what: string, condition: string, batch: Batch, limits: Limits): Goal[] {
	const { outcomes, lateness, lost, extraTasks } = batch;
	const routes = outcomes.flatMap((outcome) => outcome.requests);
	const perVideo = (name: string) =>
		decimals(routes.filter((route) => route === name).length / Math.max(1, lateness.count));
	const reason = `${condition}: ${lost} lost, ${extraTasks} paid twice; per video ${perVideo('create')} creates, ${perVideo('read')} reads of the task and ${perVideo('history')} of the list; the last was seen ${decimals(lateness.most)} s after its end`;
	return (Object.keys(limits) as Array<keyof Limits>).map((name) => {
		const { title, of } = MEASURES[name];
		return goal(`${title}, ${what}`, of(batch), limits[name]!, reason);
	});
}

/** Of goals with the same name, the one with the highest figure. */
function worstOf(goals: Goal[]): Goal[] {
	const worst = new Map<string, Goal>();
	for (const candidate of goals) {
		const { measured = -Infinity } = worst.get(candidate.goal) ?? {};
		if (!(candidate.measured <= measured)) worst.set(candidate.goal, candidate);
	}
	return [...worst.values()];
}
