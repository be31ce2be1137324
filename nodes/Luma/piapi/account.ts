import { numberOf, recordOf, textOf } from './json';

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

/** Reads the answer of `GET /account/info`, in either naming that PiAPI's pages show. */
export function readAccount(data: unknown): Account {
	const info = recordOf(data);
	return {
		accountId: textOf(info.account_id) ?? textOf(info.id),
		accountName: textOf(info.account_name) ?? textOf(info.name),
		plan: textOf(info.plan),
		balanceUsd: numberOf(info.equivalent_in_usd),
		concurrencyLimit: numberOf(info.max_concurrent_task_count),
	};
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
