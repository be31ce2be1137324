import type { Clip } from '../clip';
import type { Evidence } from '../evidence';
import { holdsIf, holdsWithAll, notSeen, shown, unpaid, type Fact, type Outcome } from '../fact';
import { at, missingFrom, textAt } from '../path';
import {
	DOCUMENTED_STATUSES,
	hasCompleted,
	hasEnded,
	listOf,
	MET_STATUSES,
	statusOf,
	videoOf,
} from '../reading';

const TASK_FIELDS = [
	'task_id',
	'model',
	'task_type',
	'status',
	'input',
	'config',
	'meta.created_at',
	'meta.started_at',
	'meta.ended_at',
	'meta.usage.type',
	'meta.usage.frozen',
	'meta.usage.consume',
	'error.code',
	'error.message',
	'error.raw_message',
];
const NOT_YET = '0001-01-01T00:00:00Z';
const PRICE_POINTS = 2_000_000;

/** Every task that was read, the paid one's end included. */
function readTasks({ tasks, paid }: Evidence): unknown[] {
	const read = tasks.map(({ task }) => task);
	return paid?.life?.end ? [...read, at(paid.life.end.answer.body, 'data')] : read;
}

/** Judges the tasks that are as wanted; without one it takes a paid video to know. */
function ofTasks(
	isWanted: (task: unknown) => boolean,
	judge: (tasks: unknown[]) => Outcome,
): Fact['check'] {
	return (evidence) => {
		const wanted = readTasks(evidence).filter(isWanted);
		return wanted.length === 0 ? unpaid(evidence) : judge(wanted);
	};
}

export const taskFacts: Fact[] = [
	{
		id: 'taskFields',
		topic: 'Task',
		title: 'A task has the fields of the contract',
		check: ofTasks(
			() => true,
			(tasks) => {
				const missing = tasks.flatMap((task) => missingFrom(task, TASK_FIELDS));
				return holdsWithAll([...new Set(missing)]);
			},
		),
	},
	{
		id: 'statusWords',
		topic: 'Task',
		title: 'Every status word is known',
		check: (evidence) => {
			const rows = listOf(evidence.history.hundred) ?? [];
			const words = [...new Set([...rows, ...readTasks(evidence)].map(statusOf))];
			if (words.length === 0) return unpaid(evidence);
			const known = [...DOCUMENTED_STATUSES, ...MET_STATUSES];
			return holdsIf(
				words.every((word) => known.includes(word)),
				words.map(shown).join(', '),
			);
		},
	},
	{
		id: 'dates',
		topic: 'Task',
		title: `A date that is not there yet is ${NOT_YET}, the others are ISO dates`,
		check: ofTasks(
			(task) => hasEnded(task),
			(tasks) => {
				const names = ['created_at', 'started_at', 'ended_at'];
				const dates = tasks.flatMap((task) => names.map((name) => textAt(task, `meta.${name}`)));
				const isDate = (date: string) => /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(date);
				const strange = dates.filter((date) => !isDate(date) || !Number.isFinite(Date.parse(date)));
				if (strange.length === 0) return { kind: 'holds' };
				return { kind: 'differs', seen: `${strange.length} others of ${dates.length}` };
			},
		),
	},
	{
		id: 'noErrorWhenCompleted',
		topic: 'Task',
		title: 'A completed task has an error of zeros',
		check: ofTasks(hasCompleted, (tasks) => {
			const codes = [...new Set(tasks.map((task) => at(task, 'error.code')))];
			if (codes.join() === '0') return { kind: 'holds' };
			return { kind: 'differs', seen: `code ${codes.map(shown).join(', ')}` };
		}),
	},
	{
		id: 'failedTask',
		topic: 'Task',
		title: 'A failed task says why, and is not charged',
		check: (evidence) => {
			const failed = readTasks(evidence).filter((task) => statusOf(task) === 'failed');
			if (failed.length === 0) return notSeen('the list has no failed task');
			const silent = failed.filter(
				(task) => `${textAt(task, 'error.message')}${textAt(task, 'error.raw_message')}` === '',
			);
			const charged = failed.filter((task) => Number(at(task, 'meta.usage.consume')) !== 0);
			const seen = `${silent.length} without words, ${charged.length} charged, of ${failed.length}`;
			return holdsIf(silent.length + charged.length === 0, seen);
		},
	},
	{
		id: 'price',
		topic: 'Task',
		title: '5 seconds of video cost 2,000,000 points ($0.20)',
		check: ofTasks(
			(task) => hasCompleted(task) && at(task, 'input.duration') === 5,
			(tasks) => {
				const points = [...new Set(tasks.map((task) => Number(at(task, 'meta.usage.consume'))))];
				return holdsIf(
					points.every((each) => each === PRICE_POINTS),
					`${points.join(', ')} points`,
				);
			},
		),
	},
	{
		id: 'outputForm',
		topic: 'Output',
		title: 'A completed task has its video in one of the known forms',
		check: ofTasks(hasCompleted, (tasks) => {
			const paths = [...new Set(tasks.map((task) => videoOf(task)?.path ?? 'none of them'))];
			return holdsIf(!paths.includes('none of them'), paths.join(', '));
		}),
	},
	{
		id: 'videoLink',
		topic: 'Links',
		title: 'The link of a video answers without the key, with a video',
		check: (evidence) => {
			const own = evidence.paid?.life?.end?.link;
			const used = own ?? evidence.link;
			if (!used) return unpaid(evidence);
			if (used.kind === 'video') {
				return { kind: 'holds', seen: `${shown(used.host)}, ${shown(used.contentType)}` };
			}
			const seen = `${shown(used.host)} answers ${used.status || 'nothing'}`;
			// Links expire, so only that of a new video counts against it.
			return own ? { kind: 'differs', seen } : notSeen(`needs --pay: an older link, ${seen}`);
		},
	},
	{
		id: 'clip',
		topic: 'Links',
		title: 'The file of a video is an MP4 with a video track',
		check: (evidence) => {
			const used = evidence.paid?.life?.end?.link ?? evidence.link;
			if (used?.kind !== 'video') return unpaid(evidence);
			return holdsIf(used.clip !== undefined, used.clip ? inWords(used.clip) : 'none was found');
		},
	},
];

function inWords({ width, height, seconds, hasSound, bytes }: Clip): string {
	const sound = hasSound ? 'with sound' : 'without sound';
	const megabytes = (bytes / 1_000_000).toFixed(1);
	return `${width} × ${height} pixels, ${sound}, ${seconds.toFixed(1)} s, ${megabytes} MB`;
}
