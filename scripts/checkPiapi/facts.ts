import { PiapiError } from '../../nodes/Luma/piapi/errors';
import { recordOf } from '../../nodes/Luma/piapi/json';
import { isFinal, isLuma, POINTS_PER_USD } from '../../nodes/Luma/piapi/task';
import type { TaskQuery } from '../../nodes/Luma/piapi/taskList';
import { at, fact, pathsIn } from './cases';
import { inShort, take, type Answer, type Piapi } from './piapi';

const BALANCES =
	'equivalent_in_usd quota.equivalent_in_usd wallet.point_remain credit_pack_info.available_credits';
const LIMITS = 'max_luma_concurrency max_concurrent_task_count';
const UNKNOWN_TASK = '00000000-0000-4000-8000-000000000000';
const NO_TASKS = 'the account has no Luma tasks in its list';

const hasValue = ([, value]: [string, unknown]) => value !== null && value !== undefined;

export function declareAccountFacts({ client, account, answers }: Piapi): void {
	const data = at(answers[0].body, 'data');
	const perUsd = Number(at(data, 'wallet.point_remain')) / (account.balanceUsd || NaN);

	fact('Account: Account info has id, name, plan, balance and limit', {
		of: () => Object.entries(account),
		holds: hasValue,
		show: ([name]) => name,
	});
	fact('Account: Balance and limit stand in known fields', {
		of: () => [pathsIn(data, BALANCES), pathsIn(data, LIMITS)],
		holds: (paths) => paths.length > 0,
	});
	fact('Account: 10,000,000 points are one US dollar', {
		of: () => (perUsd > 0 ? [perUsd] : []),
		holds: (rate) => Math.abs(rate / POINTS_PER_USD - 1) < 0.01,
		show: (rate) => `${rate.toPrecision(2)} points a dollar`,
		unseen: 'the account has no balance to compare',
	});
	fact('Account: Active tasks are counted for each model, Luma among them', {
		of: async () => Object.entries(await client.activeTasks()),
		holds: hasValue,
		show: ([name]) => name,
	});
}

export function declareRefusalFacts({ client, answers, stranger }: Piapi): void {
	const refusal = (title: string, call: () => Promise<unknown>, code?: string, from = answers) =>
		fact(title, {
			of: async () => [await call().catch((error: unknown) => error)],
			holds: (error) => error instanceof PiapiError && error.code === (code ?? error.code),
			show: () => inShort(from[from.length - 1]),
		});
	const asStranger = async () => await stranger.client.account();
	// There is no such type and no prompt: nothing that could be made or charged.
	const input = { model: 'luma', task_type: 'no_such_task_type' as never, input: {} } as const;
	const createNothing = async () => await client.create(input);
	const readUnknown = async () => await client.task(UNKNOWN_TASK);
	const cancelUnknown = async () => await client.cancel(UNKNOWN_TASK);

	refusal('Account: A wrong key is refused with 401', asStranger, 'wrongKey', stranger.answers);
	const badInput = 'Create: Bad input is refused with 400, and nothing is made';
	refusal(badInput, createNothing, 'refusedInput');
	refusal('Read: A task that is not known is refused', readUnknown);
	refusal('Cancel: Cancelling a task that is not known is refused', cancelUnknown);
}

type Asked = Pick<Piapi, 'client' | 'answers'>;
type Row = Record<string, unknown>;

const entriesOf = (page: Answer): Row[] => {
	const entries = at(page.body, 'data.data');
	return Array.isArray(entries) ? entries.map(recordOf) : [];
};
const idOf = (row: Row) => row.task_id ?? row.taskId;
const timeOf = (row: Row) => Date.parse(String(row.created_at ?? row.createdAt));

/** The pages that PiAPI answers with while the list is read so far. */
async function pagesOf({ client, answers }: Asked, query: TaskQuery, most: number) {
	const before = answers.length;
	await take(client.tasks(query), most);
	return answers.slice(before);
}

export function declareListFacts(piapi: Piapi): void {
	const { answers, rows } = piapi;
	const largest = answers.find(({ query }) => query.page_size === 100)!;

	fact('History: The list has data, page, size and total, and keeps to page_size', {
		of: async () => await pagesOf(piapi, { pageSize: 10 }, 1),
		holds: (page) =>
			pathsIn(page.body, 'data.data data.page data.size data.total').length === 4 &&
			entriesOf(page).length <= 10,
		show: (page) => `${entriesOf(page).length} rows`,
	});
	fact('History: A page may have 100 rows', {
		of: () => (rows.length > 0 ? [largest] : []),
		holds: (page) => entriesOf(page).length >= Math.min(100, Number(at(page.body, 'data.total'))),
		show: (page) => `${entriesOf(page).length} rows`,
		unseen: NO_TASKS,
	});
	fact('History: The second page goes on where the first one ends', {
		of: async () => {
			const [first, ...others] = await pagesOf(piapi, { pageSize: 10 }, 11);
			return others.map((second) => [...entriesOf(first), ...entriesOf(second)]);
		},
		holds: (entries) => new Set(entries.map(idOf)).size === entries.length,
		show: (entries) => `${entries.length} rows`,
		unseen: 'the account has no more than one page',
	});
}

/** What its rows say, and that they are those that were asked for. */
export function declareRowFacts({ client, answers, rows, read }: Piapi): void {
	const largest = answers.find(({ query }) => query.page_size === 100)!;
	const times = entriesOf(largest).map(timeOf);
	const ofRows = <T>(title: string, all: T[], holds: (one: T) => boolean) =>
		fact(`History: ${title}`, { of: () => all, holds, unseen: NO_TASKS });

	fact('History: Its rows have the fields of the contract, in snake or camel case', {
		of: () => rows,
		holds: (row) => Object.entries({ ...row, serviceMode: '' }).every(hasValue),
		show: ({ raw }) => ('task_id' in raw ? 'snake case' : 'camel case'),
		unseen: NO_TASKS,
	});
	const models = entriesOf(largest).map((row) => row.task_model ?? row.taskModel);
	ofRows('model=luma lists tasks of Luma only', models, isLuma);
	const pairs = times.slice(1).map((time, index) => [times[index], time]);
	fact('History: The newest task comes first', {
		of: () => pairs,
		holds: ([one, next]) => one >= next,
		show: ([one, next]) => `${one >= next ? 'newer' : 'older'} before the next`,
		unseen: NO_TASKS,
	});
	const ended = read.filter(({ row }) => isFinal(row));
	const words = ended.map(({ row, task }) => `${row.status}/${task.status}`);
	const isSame = (both: string) => both.split('/')[0] === both.split('/')[1];
	ofRows('A task that has ended in the list reads as ended in the same way', words, isSame);

	const createdAt = rows[Math.floor(rows.length / 2)]?.createdAt ?? undefined;
	fact('History: start_time and end_time are unix seconds', {
		of: async () => {
			if (createdAt === undefined) return [];
			const [since] = await pagesOf({ client, answers }, { since: createdAt }, 1);
			const [until] = await pagesOf({ client, answers }, { until: createdAt }, 1);
			return [since, until];
		},
		holds: (page) => {
			const { start_time: from = 0, end_time: until = Infinity } = page.query;
			const seconds = entriesOf(page).map((row) => Math.floor(timeOf(row) / 1000));
			const isWithin = seconds.every((one) => Number(from) <= one && one <= Number(until));
			const hasOwn = seconds.includes(Math.floor(createdAt! / 1000)) || seconds.length === 100;
			return isWithin && hasOwn;
		},
		show: (page) => Object.keys(page.query).at(-1),
		unseen: NO_TASKS,
	});
}

/** Of all answers that have come until then. */
export function declareAnswerFacts({ answers, stranger }: Piapi): void {
	const isEnvelope = ({ status, body }: Answer) =>
		(at(body, 'code') === 200) === (status === 200) &&
		typeof at(body, 'code') === 'number' &&
		typeof at(body, 'message') === 'string';

	fact('Envelope: An answer is { code: 200, data, message }', {
		of: () => answers.filter(({ status }) => status === 200),
		holds: (answer) => isEnvelope(answer) && hasValue(['data', at(answer.body, 'data')]),
		show: inShort,
	});
	fact('Envelope: A refusal has a code other than 200, and a message', {
		of: () => [...answers, ...stranger.answers].filter(({ status }) => status !== 200),
		holds: isEnvelope,
		show: inShort,
	});
	fact('Requests: Too many requests are refused with 429, which says how long to wait', {
		of: () => answers.filter(({ status }) => status === 429),
		holds: ({ headers }) => Number(headers['retry-after']) >= 0,
		show: ({ headers }) => `Retry-After: ${String(headers['retry-after'])}`,
		unseen: 'nothing was refused with 429',
	});
}
