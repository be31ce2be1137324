import { holdsIf, holdsWithAll, notSeen, shown, unpaid, type Fact } from '../fact';
import { at } from '../path';
import { LONGEST_LAG_SECONDS } from '../paid';
import { hasEnded, listOf, rowField, rowId, rowSeconds, statusOf } from '../reading';

const ROW_FIELDS = [
	'task_id',
	'task_model',
	'action',
	'status',
	'service_mode',
	'usage',
	'usage_type',
	'created_at',
	'updated_at',
];

const NO_ROWS = notSeen('the account has no Luma tasks in its list');

function inSeconds(seconds: number | undefined): string {
	return seconds === undefined ? `not within ${LONGEST_LAG_SECONDS} s` : `after ${seconds} s`;
}

export const historyFacts: Fact[] = [
	{
		id: 'listForm',
		topic: 'History',
		title: 'The list has data, page, size and total, and keeps to page_size',
		check: ({ history: { first } }) => {
			const rows = listOf(first);
			if (!rows) return { kind: 'differs', seen: 'no list' };
			const missing = ['page', 'size', 'total'].filter(
				(name) => typeof at(first.body, `data.${name}`) !== 'number',
			);
			return rows.length <= 10 ? holdsWithAll(missing) : { kind: 'differs', seen: 'more rows' };
		},
	},
	{
		id: 'pageSize',
		topic: 'History',
		title: 'A page may have 100 rows',
		check: ({ history: { first, hundred } }) => {
			const rows = listOf(hundred);
			const expected = Math.min(100, Number(at(first.body, 'data.total')) || 0);
			return holdsIf((rows?.length ?? -1) >= expected, rows ? `${rows.length} rows` : 'no list');
		},
	},
	{
		id: 'secondPage',
		topic: 'History',
		title: 'The second page goes on where the first one ends',
		check: ({ history: { first, second } }) => {
			if (!second) return notSeen('the account has no more than one page');
			const ids = new Set((listOf(first) ?? []).map(rowId));
			const again = (listOf(second) ?? []).filter((row) => ids.has(rowId(row)));
			const isFine = again.length === 0 && Boolean(listOf(second)?.length);
			return isFine ? { kind: 'holds' } : { kind: 'differs', seen: `${again.length} rows again` };
		},
	},
	{
		id: 'rowFields',
		topic: 'History',
		title: 'Its rows have the fields of the contract, in snake or camel case',
		check: ({ history: { hundred } }) => {
			const rows = listOf(hundred) ?? [];
			if (rows.length === 0) return NO_ROWS;
			const isAbsent = (name: string) => rows.some((row) => rowField(row, name) === undefined);
			const missing = ROW_FIELDS.filter(isAbsent);
			if (missing.length > 0) return holdsWithAll(missing);
			const isSnake = at(rows[0], 'task_id') !== undefined;
			return { kind: 'holds', seen: isSnake ? 'snake case' : 'camel case' };
		},
	},
	{
		id: 'oneModel',
		topic: 'History',
		title: 'model=luma lists tasks of Luma only',
		check: ({ history: { hundred } }) => {
			const rows = listOf(hundred) ?? [];
			if (rows.length === 0) return NO_ROWS;
			const models = [...new Set(rows.map((row) => shown(rowField(row, 'task_model'))))];
			return models.join() === 'luma'
				? { kind: 'holds' }
				: { kind: 'differs', seen: models.join(', ') };
		},
	},
	{
		id: 'newestFirst',
		topic: 'History',
		title: 'The newest task comes first',
		check: ({ history: { hundred } }) => {
			const times = (listOf(hundred) ?? []).map(rowSeconds);
			if (times.length < 2) return notSeen('the list has fewer than two tasks');
			const isSorted = times.every((time, i) => i === 0 || Number(time) <= Number(times[i - 1]));
			return isSorted ? { kind: 'holds' } : { kind: 'differs', seen: 'another order' };
		},
	},
	{
		id: 'period',
		topic: 'History',
		title: 'start_time and end_time are unix seconds and include their own second',
		check: ({ history: { period } }) => {
			if (!period) return NO_ROWS;
			const { seconds, after, before } = period;
			const [from, until] = [after, before].map((answer) => (listOf(answer) ?? []).map(rowSeconds));
			const wrong = [
				...from.filter((time) => Number(time) < seconds),
				...until.filter((time) => Number(time) > seconds),
			];
			const isIncluded = until.includes(seconds) && (from.includes(seconds) || from.length === 100);
			if (wrong.length > 0) return { kind: 'differs', seen: `${wrong.length} rows outside` };
			return isIncluded
				? { kind: 'holds' }
				: { kind: 'differs', seen: 'its own second is missing' };
		},
	},
	{
		id: 'listAgrees',
		topic: 'History',
		title: 'A task that has ended in the list reads as ended in the same way',
		check: ({ tasks }) => {
			const ended = tasks.filter(({ row }) => hasEnded(row));
			if (ended.length === 0) return NO_ROWS;
			const other = ended.filter(({ row, task }) => statusOf(row) !== statusOf(task));
			const words = other.map(
				({ row, task }) => `${shown(statusOf(row))} reads as ${shown(statusOf(task))}`,
			);
			return other.length === 0 ? { kind: 'holds' } : { kind: 'differs', seen: words.join(', ') };
		},
	},
	{
		id: 'newTaskListed',
		topic: 'History',
		title: `A new task is in the list within ${LONGEST_LAG_SECONDS} s`,
		check: (evidence) => {
			const life = evidence.paid?.life;
			if (!life) return unpaid(evidence);
			const { listedAfter } = life;
			return holdsIf(listedAfter !== undefined, inSeconds(listedAfter));
		},
	},
	{
		id: 'endListed',
		topic: 'History',
		title: `The list shows the end of a task within ${LONGEST_LAG_SECONDS} s`,
		check: (evidence) => {
			const life = evidence.paid?.life;
			if (!life?.end) return unpaid(evidence);
			const { endListedAfter } = life;
			return holdsIf(endListedAfter !== undefined, inSeconds(endListedAfter));
		},
	},
];
