import type { Account } from '../account';
import type { Plan, SimulatorRequest, SimulatorResponse } from '../contract';
import type { MediaFile } from '../media';
import type { SimulatedTask, TaskState } from '../tasks';
import type { Uploads } from '../uploads';

/** One request under way, with all that a route needs to answer it. */
export interface Visit {
	/** Its header names are in lower case. */
	request: SimulatorRequest;
	query: URLSearchParams;
	/** What the route's path leaves open, such as a task id. */
	parameter: string;
	/** The moment whose state reads show, in milliseconds: now, or earlier under a `lag` fault. */
	seenAt: number;
	now: number;
	account: Account;
	plan: Plan;
	uploads: Uploads;
	/** Where links point to. */
	baseUrl: string;
	historyCase: 'snake' | 'camel';
	writeTask: (task: SimulatedTask, state: TaskState) => object;
	statusWord: (state: TaskState) => string;
	findMedia: (path: string) => MediaFile | 'missing' | 'expired';
	/** Notes in the list of calls which task the request was about. */
	isAbout: (taskId: string) => void;
}

export type Handler = (visit: Visit) => SimulatorResponse;
