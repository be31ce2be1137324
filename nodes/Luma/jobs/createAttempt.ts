/** A create that was sent and of which nobody knows yet whether it made a task. Plain JSON: n8n stores it. */
export interface CreateAttempt {
	/** The creation tag that its task carries; null when the request has none. */
	tag: string | null;
	/** When it was sent; milliseconds since 1970. */
	sentAt: number;
	/** Until when its task can still turn up in PiAPI's task list. */
	searchUntil: number;
	/** The task's id, when an unsuccessful answer named it. */
	taskId?: string;
}

/** A create is given up after that long without an answer. */
export const CREATE_TIMEOUT_MS = 60_000;

/** PiAPI's task list can lag behind by a minute. */
export const SEARCH_MS = 70_000;

export function newCreateAttempt(tag: string | null, sentAt: number): CreateAttempt {
	return { tag, sentAt, searchUntil: sentAt + CREATE_TIMEOUT_MS + SEARCH_MS };
}
