import type { FaultEffect } from './contract';
import { inCamelCase } from './routes/history';

type Row = Record<string, unknown>;
type HistoryBody = { data: { data: Row[] } };

const future = '2126-01-07T01:36:08.845623268Z';

/** What can be wrong with the account's task list; each entry is for a fault on the route `history`. */
export const historyFaults = {
	answers500: { kind: 'answer', status: 500 },
	lagsBy60Seconds: { kind: 'lag', seconds: 60 },
	isEmpty: rewriteRows(() => []),
	hasNoList: rewriteList(() => null),
	hasNoRows: rewriteList((list) => ({ ...list, data: 'none' })),
	hasBrokenRows: rewriteRows((rows) => [null, 7, 'row', {}, ...rows] as Row[]),
	missesEverySecondRow: rewriteRows((rows) => rows.filter((_, i) => i % 2 === 1)),
	saysCompletedTooEarly: rewriteEach((row) => ({ ...row, status: 'completed' })),
	saysFailed: rewriteEach((row) => ({ ...row, status: 'failed' })),
	saysProcessingForEver: rewriteEach((row) => ({ ...row, status: 'processing' })),
	saysUnknownWords: rewriteEach((row) => ({ ...row, status: 'archived' })),
	hasOtherModels: rewriteRows((rows) => rows.flatMap((row, i) => [otherModelRow(row, i), row])),
	hasNoUsage: rewriteEach((row) => ({ ...row, usage: undefined })),
	hasFutureDates: rewriteEach((row) => mapRow(row, { created_at: future, updated_at: future })),
	hasTenThousandRows: rewriteRows((rows) => [
		...Array.from({ length: 10_000 - rows.length }, (_, i) => otherModelRow(rows[0] ?? {}, i)),
		...rows,
	]),
	isUnsorted: rewriteRows((rows) => [
		...rows.filter((_, i) => i % 2 === 1).reverse(),
		...rows.filter((_, i) => i % 2 === 0),
	]),
	hasDuplicates: rewriteRows((rows) => rows.flatMap((row) => [row, { ...row }])),
} satisfies Record<string, FaultEffect>;

function rewriteRows(change: (rows: Row[]) => Row[]): FaultEffect {
	return rewriteList((list) => ({ ...list, data: change(list.data) }));
}

function rewriteEach(change: (row: Row) => Row): FaultEffect {
	return rewriteRows((rows) => rows.map(change));
}

/** Anything else than a list, such as a refusal, stays as it is. */
function rewriteList(change: (list: HistoryBody['data']) => unknown): FaultEffect {
	const rewritten = (body: HistoryBody) =>
		Array.isArray(body?.data?.data) ? { ...body, data: change(body.data) } : body;
	return { kind: 'rewrite', body: (body) => rewritten(body as HistoryBody) };
}

/** A task of another model that has the same form. */
function otherModelRow(row: Row, ordinal: number): Row {
	const taskId = `00000000-0000-4000-8000-${String(ordinal).padStart(12, '0')}`;
	return mapRow(row, { task_id: taskId, task_model: 'kling', status: 'failed' });
}

/** Sets fields by their names in snake case, in whichever case the row has them. */
function mapRow(row: Row, values: Row): Row {
	return { ...row, ...('taskId' in row ? inCamelCase(values) : values) };
}
