import {
	historyFaults,
	type Fault,
	type FaultEffect,
	type SimulatorRequest,
} from '../../../simulator';
import type { Setting } from './checked';

type Fields = Record<string, unknown>;
type Where = Pick<Fault, 'route' | 'calls' | 'when'>;

const ACCEPTED: FaultEffect = {
	kind: 'answer',
	status: 200,
	body: { code: 200, data: {}, message: 'success' },
};

/** The calls of `read`: a task that is not known, five of the account, then the paid one. */
const PAID_READ = 7;

function broken(where: Where, effect: FaultEffect): Setting {
	return { service: { faults: [{ calls: 'every', ...where, effect }] } };
}

/** Sets one value of an answer, named by its path; undefined takes it away. */
function set(where: Where, path: string, value: unknown): Setting {
	const names = path.split('.');
	const body = (answer: unknown) => {
		const parent = names
			.slice(0, -1)
			.reduce<
				Fields | undefined
			>((place, name) => place?.[name] as Fields | undefined, answer as Fields);
		if (parent) parent[names[names.length - 1]] = value;
		return answer;
	};
	return broken(where, { kind: 'rewrite', body });
}

/** Changes the rows of the task list. */
function list(calls: number[] | 'every', change: (rows: Fields[]) => Fields[]): Setting {
	const body = (answer: unknown) => {
		const { data } = answer as { data: { data: Fields[] } };
		data.data = change(data.data);
		return answer;
	};
	return broken({ route: 'history', calls }, { kind: 'rewrite', body });
}

function showingTheFirstPageAgain(): Setting {
	let first: Fields[] | undefined;
	return list([1, 2], (rows) => (first ??= rows));
}

const history = { route: 'history' } as const;
const read = { route: 'read' } as const;
const nonsense: Where = {
	route: 'create',
	when: ({ body }: SimulatorRequest) => (body as Fields).task_type === 'no_such_task_type',
};

/** For each fact, a service at which it does not hold. */
export const brokenServices: Record<string, Setting> = {
	envelope: set({ route: 'account', calls: [1] }, 'code', 'fine'),
	refusal: broken({ ...read, calls: [1] }, { kind: 'answer', status: 404, body: {} }),
	wrongKey: broken({ route: 'account', calls: [2] }, { kind: 'answer', status: 403 }),
	accountInfo: set({ route: 'account' }, 'data.plan', undefined),
	pointsPerUsd: set({ route: 'account' }, 'data.equivalent_in_usd', 1),
	activeTasks: set({ route: 'activeTasks' }, 'data.luma', undefined),
	badInput: broken(nonsense, { kind: 'answer', status: 500 }),
	unknownTask: broken({ ...read, calls: [1] }, ACCEPTED),
	unknownCancel: broken({ route: 'cancel', calls: [1] }, ACCEPTED),
	tooManyRequests: broken({ route: 'activeTasks', calls: [1] }, { kind: 'answer', status: 429 }),
	listForm: set(history, 'data.total', undefined),
	pageSize: list([3], (rows) => rows.slice(0, 5)),
	secondPage: showingTheFirstPageAgain(),
	rowFields: list('every', (rows) => rows.map((row) => ({ ...row, updated_at: undefined }))),
	oneModel: broken(history, historyFaults.hasOtherModels),
	newestFirst: broken(history, historyFaults.isUnsorted),
	period: list([4], (rows) => rows.map((row) => ({ ...row, created_at: '2020-01-01T00:00:00Z' }))),
	listAgrees: broken(history, historyFaults.saysFailed),
	newTaskListed: broken(history, { kind: 'lag', seconds: 90 }),
	endListed: broken(history, historyFaults.saysProcessingForEver),
	taskFields: set(read, 'data.meta.usage', undefined),
	statusWords: { service: { statusWords: { completed: 'archived' } } },
	dates: set(read, 'data.meta.ended_at', 'soon'),
	noErrorWhenCompleted: set(read, 'data.error.code', 7),
	failedTask: { service: { outcome: () => ({ message: '' }) } },
	price: set(read, 'data.meta.usage.consume', 3_000_000),
	outputForm: set(read, 'data.output', { movie: 'https://simulator.test/movie.mp4' }),
	videoLink: broken({ route: 'media' }, { kind: 'answer', status: 404 }),
	clip: broken({ route: 'media' }, { kind: 'answer', status: 200, body: '....ftypmp42' }),
	createAnswer: { service: { balanceUsd: 2.5 } },
	inputEcho: set({ route: 'create' }, 'data.input.duration', 10),
	createEcho: set({ route: 'create' }, 'data.config', undefined),
	readEcho: set({ ...read, calls: [PAID_READ] }, 'data.config.webhook_config.secret', 'another'),
	echoAtEnd: { service: { configEcho: 'emptySecret' } },
	readAfterCreate: broken({ ...read, calls: [PAID_READ] }, { kind: 'answer', status: 404 }),
	cancelEnded: broken({ route: 'cancel', calls: [2] }, ACCEPTED),
};
