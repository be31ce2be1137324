import { recordOf } from '../../nodes/Luma/piapi/json';
import { isFinal } from '../../nodes/Luma/piapi/task';
import { at, fact, missingIn, pathsIn } from './fact';
import type { Answer, Piapi } from './piapi';

const ACCOUNT = 'accountId accountName plan balanceUsd concurrencyLimit';
const BALANCES =
	'equivalent_in_usd quota.equivalent_in_usd wallet.point_remain credit_pack_info.available_credits';
const LIMITS = 'max_luma_concurrency max_concurrent_task_count';
const ACTIVE = 'activeLumaTasks pendingLumaTasks stagedLumaTasks processingLumaTasks';
const LIST = 'data.data data.page data.size data.total';
const ROW = 'taskId status action costUsd createdAt updatedAt';
const UNKNOWN_TASK = '00000000-0000-4000-8000-000000000000';
const NO_TASKS = 'the account has too few Luma tasks in its list';

const ANY = /./;
const COMPLETE = /^(?!no )/;

export function declareAccountFacts({ client, account, answers }: Piapi): void {
	const data = at(answers[0].body, 'data');
	const perUsd = Number(at(data, 'wallet.point_remain')) / (account.balanceUsd || NaN);

	fact('Account: Account info has id, name, plan, balance and limit', COMPLETE, () => [
		...pathsIn(account, ACCOUNT),
		...missingIn(account, ACCOUNT),
	]);
	fact('Account: Balance and limit stand in known fields', ANY, () => [
		pathsIn(data, BALANCES),
		pathsIn(data, LIMITS),
	]);
	fact('Account: 10,000,000 points are one US dollar', /^1\.00e\+7 /, () =>
		perUsd > 0 ? [`${perUsd.toPrecision(3)} points a dollar`] : 'there is no balance to compare',
	);
	fact('Account: Active tasks are counted for each model, Luma among them', COMPLETE, async () => {
		const counts = await client.activeTasks();
		return [...pathsIn(counts, ACTIVE), ...missingIn(counts, ACTIVE)];
	});
}

export function declareRefusalFacts({ client, answers, stranger }: Piapi): void {
	const refusal = (title: string, code: RegExp, call: () => Promise<unknown>) =>
		fact(title, code, async () => {
			const before = answers.length;
			await call().catch(() => undefined);
			return answers.slice(before).slice(-1).map(inShort);
		});
	// There is no such type and no prompt: nothing that could be made or charged.
	const nothing = { model: 'luma', task_type: 'no_such_task_type' as never, input: {} } as const;

	refusal('Account: A wrong key is refused with 401', /401/, async () => stranger.account());
	refusal('Create: Bad input is refused with 400, and nothing is made', /400/, async () =>
		client.create(nothing),
	);
	refusal('Read: A task that is not known is refused', /[45]\d\d/, async () =>
		client.task(UNKNOWN_TASK),
	);
	refusal('Cancel: Cancelling a task that is not known is refused', /[45]\d\d/, async () =>
		client.cancel(UNKNOWN_TASK),
	);
}

type Row = Record<string, unknown>;

function entriesOf(page: Answer): Row[] {
	const entries = at(page.body, 'data.data');
	return Array.isArray(entries) ? entries.map(recordOf) : [];
}

const timeOf = (row: Row) => Date.parse(String(row.created_at ?? row.createdAt));

export function declareListFacts({ rows, largest, pages }: Piapi): void {
	const form = 'History: The list has data, page, size and total, and keeps to page_size';
	fact(form, /^(10|\d) rows$/, async () => {
		const [page] = await pages({ pageSize: 10 }, 1);
		return [...missingIn(page.body, LIST), `${entriesOf(page).length} rows`];
	});
	fact('History: A page may have 100 rows', /^(\d+) of \1 rows$/, () => {
		const most = Math.min(100, Number(at(largest.body, 'data.total')));
		return rows.length > 0 ? [`${entriesOf(largest).length} of ${most} rows`] : NO_TASKS;
	});
	fact(
		'History: The second page goes on where the first one ends',
		/^(\d+) tasks in \1 /,
		async () => {
			const [first, ...others] = await pages({ pageSize: 10 }, 11);
			return others.map((second) => {
				const entries = [first, second].flatMap(entriesOf);
				const ids = new Set(entries.map((row) => row.task_id ?? row.taskId));
				return `${ids.size} tasks in ${entries.length} rows`;
			});
		},
	);
	fact('History: start_time and end_time are unix seconds', / keeps to it$/, async () => {
		const createdAt = rows[Math.floor(rows.length / 2)]?.createdAt;
		if (!createdAt) return [];
		const since = await pages({ since: createdAt }, 1);
		const until = await pages({ until: createdAt }, 1);
		return [...since, ...until].map((page) => {
			const { start_time: from = 0, end_time: to = Infinity } = page.query;
			const seconds = entriesOf(page).map((row) => Math.floor(timeOf(row) / 1000));
			const isWithin = seconds.every((one) => Number(from) <= one && one <= Number(to));
			const hasOwn = seconds.includes(Math.floor(createdAt / 1000)) || seconds.length === 100;
			return `${Object.keys(page.query).at(-1)}${isWithin && hasOwn ? ' keeps to it' : ''}`;
		});
	});
}

/** What its rows say. */
export function declareRowFacts({ largest, rows, read }: Piapi): void {
	const entries = entriesOf(largest);

	fact('History: Its rows have the fields of the contract, in snake or camel case', COMPLETE, () =>
		rows.flatMap((row) => [
			'task_id' in row.raw ? 'snake case' : 'camel case',
			...missingIn(row, ROW),
		]),
	);
	fact('History: model=luma lists tasks of Luma only', /^luma$/i, () =>
		entries.map((row) => row.task_model ?? row.taskModel ?? 'luma'),
	);
	fact('History: The newest task comes first', /^newer/, () =>
		entries.slice(1).map((row, index) => {
			const isInOrder = timeOf(entries[index]) >= timeOf(row);
			return `${isInOrder ? 'newer' : 'older'} before the next`;
		}),
	);
	fact(
		'History: A task that has ended in the list reads as ended in the same way',
		/^(\w+)\/\1$/,
		() =>
			read.filter(({ row }) => isFinal(row)).map(({ row, task }) => `${row.status}/${task.status}`),
	);
}

/** Of all answers that have come until then. */
export function declareAnswerFacts({ answers }: Piapi): void {
	const having = (isSuch: (status: number) => boolean) =>
		answers.filter(({ status }) => isSuch(status));

	fact('Envelope: An answer is { code: 200, data, message }', /^status 200, code 200$/, () =>
		having((status) => status === 200).map((answer) => [
			inShort(answer),
			...missingIn(answer.body, 'data message'),
		]),
	);
	fact('Envelope: A refusal has a code other than 200, and a message', /code (?!200)\d+$/, () =>
		having((status) => status !== 200).map((answer) => [
			inShort(answer),
			...missingIn(answer.body, 'message'),
		]),
	);
	const tooMany = 'Requests: Too many requests are refused with 429, which says how long to wait';
	fact(tooMany, /^Retry-After: \d+$/, () =>
		having((status) => status === 429).map(
			({ headers }) => `Retry-After: ${String(headers['retry-after'])}`,
		),
	);
}

function inShort({ status, body }: Answer): string {
	return `status ${status}, code ${String(at(body, 'code'))}`;
}
