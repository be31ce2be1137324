import type { Route } from '../contract';
import { accountInfo, activeTasks } from './account';
import { media, upload } from './files';
import { history } from './history';
import { cancel, cancelMany, create, read } from './tasks';
import type { Handler } from './visit';
import { refusal } from '../wire';

/** Method and path of a route, and what answers it; the path's group is the visit's `parameter`. */
const routes: Record<Exclude<Route, 'callback'>, [method: string, path: RegExp, Handler]> = {
	create: ['POST', /^\/api\/v1\/task$/, create],
	read: ['GET', /^\/api\/v1\/task\/([^/]+)$/, read],
	cancel: ['DELETE', /^\/api\/v1\/task\/([^/]+)$/, cancel],
	cancelMany: ['DELETE', /^\/api\/v1\/tasks$/, cancelMany],
	activeTasks: ['GET', /^\/account\/active_tasks$/, activeTasks],
	account: ['GET', /^\/account\/info$/, accountInfo],
	history: ['GET', /^\/api\/open\/tasks\/histories$/, history],
	upload: ['POST', /^\/api\/ephemeral_resource$/, upload],
	media: ['GET', /^\/media\/(.+)$/, media],
};

/** The route of a request; its `parameter` is what the path leaves open. */
export function findRoute(method: string, path: string) {
	for (const [route, [allowed, pattern, handle]] of Object.entries(routes)) {
		const match = method === allowed && pattern.exec(path);
		if (match) return { route: route as Route, handle, parameter: match[1] ?? '' };
	}
	const handle: Handler = () => refusal(404, `no route for ${method} ${path}`);
	return { route: 'unknown' as const, handle, parameter: '' };
}
