import type { Route } from '../contract';
import { accountInfo } from './account';
import { activeTasks } from './activeTasks';
import { cancel } from './cancel';
import { cancelMany } from './cancelMany';
import { create } from './create';
import { history } from './history';
import { media } from './media';
import { read } from './read';
import { upload } from './upload';
import type { Handler } from './visit';

interface RouteEntry {
	route: Route;
	methods: string[];
	/** Its first group is the visit's `parameter`. */
	path: RegExp;
	handle: Handler;
	/**
	 * Whose host it is on at the real service. The limit on requests is that of `api`, and `media` is
	 * open to everybody. Default: `api`.
	 */
	host?: 'api' | 'upload' | 'media';
}

const entries: RouteEntry[] = [
	{ route: 'create', methods: ['POST'], path: /^\/api\/v1\/task$/, handle: create },
	{ route: 'read', methods: ['GET'], path: /^\/api\/v1\/task\/([^/]+)$/, handle: read },
	{ route: 'cancel', methods: ['DELETE'], path: /^\/api\/v1\/task\/([^/]+)$/, handle: cancel },
	{ route: 'cancelMany', methods: ['DELETE'], path: /^\/api\/v1\/tasks$/, handle: cancelMany },
	{
		route: 'activeTasks',
		methods: ['GET'],
		path: /^\/account\/active_tasks$/,
		handle: activeTasks,
	},
	{ route: 'account', methods: ['GET'], path: /^\/account\/info$/, handle: accountInfo },
	{ route: 'history', methods: ['GET'], path: /^\/api\/open\/tasks\/histories$/, handle: history },
	{
		route: 'upload',
		methods: ['POST'],
		path: /^\/api\/ephemeral_resource$/,
		handle: upload,
		host: 'upload',
	},
	{
		route: 'media',
		methods: ['GET', 'HEAD'],
		path: /^\/media\/(.+)$/,
		handle: media,
		host: 'media',
	},
];

/** The route of a request, and what its path leaves open. */
export function findRoute(
	method: string,
	path: string,
): { entry: RouteEntry; parameter: string } | undefined {
	for (const entry of entries) {
		const match = entry.methods.includes(method) ? entry.path.exec(path) : null;
		if (match) return { entry, parameter: match[1] ?? '' };
	}
	return undefined;
}
