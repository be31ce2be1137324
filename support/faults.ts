import type { Fault, FaultEffect, Route } from '../simulator';

/** A request that never arrived. */
export const RESET: FaultEffect = { kind: 'reset' };

/** A request that was handled, and whose answer got lost. */
export const LOST: FaultEffect = { kind: 'reset', afterHandling: true };

/** What befalls a route: its first call, other ones, or every one. */
export function fault(route: Route, effect: FaultEffect, calls?: Fault['calls']): Fault {
	return { route, effect, calls };
}

/** The same for a request that took effect. */
export function handled(effect: FaultEffect): FaultEffect {
	return { ...effect, afterHandling: true } as FaultEffect;
}

/** PiAPI's answer with that status. */
export function answer(status: number, body?: unknown): FaultEffect {
	return { kind: 'answer', status, body };
}

/** The page of something between n8n and PiAPI. */
export function page(status: number): FaultEffect {
	return { kind: 'html', status };
}

/** The answer to a request that was handled, with other words in it. */
export function rewritingText(change: (text: string) => string): FaultEffect {
	return { kind: 'rewrite', body: (body) => JSON.parse(change(JSON.stringify(body))) as unknown };
}

/** The answer to a request that was handled, with another `data` in it. */
export function rewriting<T = object>(change: (data: T) => unknown): FaultEffect {
	return {
		kind: 'rewrite',
		body: (body) => ({ ...(body as object), data: change((body as { data: T }).data) }),
	};
}
