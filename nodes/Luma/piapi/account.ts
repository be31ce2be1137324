import { idOf, numberOf, recordOf, textOf, type JsonRecord } from './json';
import { POINTS_PER_USD } from './task';

/** The account behind the key. What PiAPI does not say is `null`. */
export interface Account {
	accountId: string | null;
	accountName: string | null;
	plan: string | null;
	/** US dollars left to spend. */
	balanceUsd: number | null;
	/** Tasks that may be worked on at the same time. */
	concurrencyLimit: number | null;
}

/** Luma tasks that have not ended. */
export interface ActiveTasks {
	activeLumaTasks: number | null;
	pendingLumaTasks: number | null;
	stagedLumaTasks: number | null;
	processingLumaTasks: number | null;
}

/** Reads the answer of `GET /account/info`, in every form that PiAPI's pages and clients show. */
export function readAccount(data: unknown): Account {
	const info = recordOf(data);
	return {
		accountId: idOf(info.account_id) ?? idOf(info.id),
		accountName: textOf(info.account_name) ?? textOf(info.name),
		plan: textOf(info.plan),
		balanceUsd: readBalance(info),
		concurrencyLimit:
			numberOf(info.max_luma_concurrency) || numberOf(info.max_concurrent_task_count),
	};
}

/** The first amount that is one: the others can be left empty, as 0. */
function readBalance(info: JsonRecord): number | null {
	const credits = recordOf(info.credit_pack_info);
	const amounts = [
		numberOf(info.equivalent_in_usd),
		numberOf(recordOf(info.quota).equivalent_in_usd),
		usdOf(recordOf(info.wallet).point_remain),
		numberOf(credits.equivalent_in_usd) ?? usdOf(credits.available_credits),
	].filter((amount) => amount !== null);
	return amounts.find((amount) => amount > 0) ?? amounts[0] ?? null;
}

function usdOf(points: unknown): number | null {
	const number = numberOf(points);
	return number === null ? null : number / POINTS_PER_USD;
}

/** Reads the answer of `GET /account/active_tasks`; `active_tasks` can be a list or a number. */
export function readActiveTasks(data: unknown): ActiveTasks {
	const luma = recordOf(recordOf(data).luma);
	const pending = numberOf(luma.pending_count);
	const staged = numberOf(luma.staged_count);
	const processing = numberOf(luma.processing_count);
	const listed = Array.isArray(luma.active_tasks)
		? luma.active_tasks.length
		: numberOf(luma.active_tasks);
	const counted = [pending, staged, processing].some((count) => count !== null)
		? (pending ?? 0) + (staged ?? 0) + (processing ?? 0)
		: null;
	return {
		activeLumaTasks: listed ?? counted,
		pendingLumaTasks: pending,
		stagedLumaTasks: staged,
		processingLumaTasks: processing,
	};
}
