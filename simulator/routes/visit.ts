import type { Account } from '../account';
import type { Call, SimulatorOptions, SimulatorRequest, SimulatorResponse } from '../contract';
import type { Library } from '../library';
import type { SimulatedTask, TaskState } from '../tasks';

/** One request under way, with all that a route needs to answer it. */
export interface Visit {
	/** Its header names are in lower case. */
	request: SimulatorRequest;
	handle: Handler;
	/** Its entry in the list of calls, in which a route notes the task that it is about. */
	call: Call;
	query: URLSearchParams;
	/** What the route's path leaves open, such as a task id. */
	parameter: string;
	/** The moment whose state reads show, in milliseconds: now, or earlier under a `lag` fault. */
	seenAt: number;
	now: number;
	options: SimulatorOptions;
	account: Account;
	library: Library;
	/** Where links point to. */
	baseUrl: string;
	writeTask: (task: SimulatedTask, state: TaskState) => object;
}

export type Handler = (visit: Visit) => SimulatorResponse;
