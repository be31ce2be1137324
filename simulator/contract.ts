import type { Clock } from './clock';
import type { Forms } from './dialects';
import type { TaskFailure, TaskInput } from './tasks';

export const plans = ['free', 'creator', 'pro'] as const;

export type Route =
	| 'create'
	| 'read'
	| 'cancel'
	| 'cancelMany'
	| 'activeTasks'
	| 'history'
	| 'account'
	| 'upload'
	| 'media'
	| 'callback';

export interface SimulatorRequest {
	method: string;
	/** With the query; for a callback its whole address. */
	path: string;
	headers: Record<string, string>;
	/** The parsed JSON; a text stands for a body that is no JSON. */
	body?: unknown;
}

export interface SimulatorResponse {
	status: number;
	headers: Record<string, string>;
	/** An object is JSON, a string is text as it is, and media is a `Readable` of node. */
	body: unknown;
}

/** What goes wrong. `afterHandling`: the request took effect, only its answer is another one. */
export type FaultEffect =
	| {
			kind: 'answer';
			status: number;
			headers?: Record<string, string>;
			/** Default: PiAPI's envelope with the status as its code. */
			body?: unknown;
			afterHandling?: boolean;
	  }
	/** An error page such as Cloudflare's. */
	| { kind: 'html'; status: number; afterHandling?: boolean }
	| { kind: 'reset'; afterHandling?: boolean }
	/** No answer for that many seconds (default: an hour), then a reset. */
	| { kind: 'hang'; seconds?: number; afterHandling?: boolean }
	/** Handled at once, answered that many seconds later. */
	| { kind: 'slow'; seconds: number }
	/** Handled, but the answer stops half way; its `content-length` is that of the whole. */
	| { kind: 'cutOff' }
	/** read and history only: the state of that many seconds ago. */
	| { kind: 'lag'; seconds: number }
	/** Handled, but with another body: that of the answer, or of the callback. Not for media. */
	| { kind: 'rewrite'; body: (body: unknown) => unknown; status?: number }
	/** callback only: two deliveries at once. */
	| { kind: 'twice' };

export interface Fault {
	route: Route;
	/** Ordinals, from 1, among all calls of that route since the start; default `[1]`. */
	calls?: number[] | 'every';
	/** Narrows the fault further; ordinals still count every call of the route. */
	when?: (request: SimulatorRequest) => boolean;
	effect: FaultEffect;
}

/** One request that the simulator met, or one callback that it made. */
export interface Call {
	route: Route | 'unknown';
	method: string;
	path: string;
	/** When it came, in milliseconds of the simulator's clock. */
	at: number;
	/**
	 * `hang` also while it is not answered yet; `refused` is a callback that was not sent, because its
	 * endpoint is not on this machine.
	 */
	status: number | 'reset' | 'hang' | 'refused';
	/** Whether a key came with it, right or wrong. */
	hasKey: boolean;
	body?: unknown;
	taskId?: string;
}

/** A time that can depend on the task; ordinals count created tasks from 1. */
export type Seconds = number | ((input: TaskInput, ordinal: number) => number);

export interface SimulatorOptions extends Forms {
	/** Default: {@link systemClock}. */
	clock?: Clock;
	/** Default `simulated-key`; every other key gets 401. */
	apiKey?: string;
	/**
	 * Seconds in `processing`, fractions allowed; default 5. With `Infinity` a task stays until the test
	 * moves it on, see `Simulator.complete`.
	 */
	renderSeconds?: Seconds;
	/** Seconds in `pending`; default 0.2. */
	queueSeconds?: Seconds;
	/**
	 * After how many reads a task starts, and after how many more it ends; the times are `Infinity` then,
	 * unless they are given. Default: reads move nothing.
	 */
	readsPerStep?: number;
	/** Tasks in `processing` at once, further ones are `staged`; default 50. */
	concurrency?: number;
	/** Seconds from a task's completion until its links are there; default 0. */
	linkLagSeconds?: number;
	/** How callbacks are labelled, '' for not at all; default `application/json`. */
	callbackContentType?: string;
	/** Default `creator`; uploads need creator or better. */
	plan?: (typeof plans)[number];
	/** US dollars; default 100. */
	balanceUsd?: number;
	/** US dollars for 5 seconds of video; default 0.2. */
	priceUsd?: number;
	/** How a task fails; undefined = it completes. Asked once for each task, at its creation. */
	outcome?: (input: TaskInput, ordinal: number) => TaskFailure | undefined;
	/** Seconds after a task's end; media then answers 410. Default: never. */
	linksExpireAfterSeconds?: number;
	/** Bytes of each video; it stays playable, and is streamed. Default: what it has. */
	mediaBytes?: number;
	/**
	 * Requests that the account may send within any 60 seconds, reads included; further ones get 429
	 * with `Retry-After` and have no effect. Default: no limit.
	 */
	requestsPerMinute?: number;
	/** Seconds from each request to its answer; it is handled when it comes. Default 0. */
	answerSeconds?: number;
	faults?: Fault[];
	/** Also call back when a task starts processing; default false. */
	callbackOnProgress?: boolean;
	/** Seconds before each repetition of a callback without a 2xx answer; default three times 5. */
	callbackRetrySeconds?: number[];
	/** Delivers callbacks in-process, to any endpoint. Default: HTTP, to this machine only. */
	sendCallback?: (request: SimulatorRequest) => Promise<{ status: number }>;
}
