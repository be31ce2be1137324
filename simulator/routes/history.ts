import { timestamp } from '../dialects';
import type { SimulatedTask } from '../tasks';
import { demand, success } from '../wire';
import type { Handler, Visit } from './visit';

/** `GET /api/open/tasks/histories`, newest first. */
export const history: Handler = (visit) => {
	const { query, account, seenAt } = visit;
	const wholeNumber = (name: string, standard: number, least = 0, most = Infinity) => {
		const text = query.get(name) ?? String(standard);
		const isAllowed = /^\d{1,16}$/.test(text) && Number(text) >= least && Number(text) <= most;
		demand(isAllowed, `${name} must be a whole number from ${least} to ${most}`);
		return Number(text);
	};
	const page = wholeNumber('page', 1, 1);
	const size = wholeNumber('page_size', 10, 1, 100);
	const from = wholeNumber('start_time', 0);
	const until = wholeNumber('end_time', Number.MAX_SAFE_INTEGER);
	const isLuma = ['luma', ''].includes(query.get('model') ?? '');
	const wanted = [...account.tasks.values()].reverse().filter((task) => {
		const seconds = Math.floor(task.createdAt / 1000);
		return isLuma && from <= seconds && seconds <= until && task.stateAt(seenAt);
	});
	const rows = wanted.slice((page - 1) * size, page * size).map((task) => row(visit, task));
	return success({ data: rows, page, size, total: wanted.length });
};

function row({ options, seenAt }: Visit, task: SimulatedTask): object {
	const { status, since } = task.stateAt(seenAt)!;
	const snake = {
		task_id: task.taskId,
		task_model: 'luma',
		action: task.taskType,
		status: options.statusWords?.[status] ?? status,
		service_mode: task.config.service_mode,
		usage: ['failed', 'cancelled'].includes(status) ? 0 : task.pricePoints,
		usage_type: options.usageType ?? 'point',
		detail: null,
		created_at: timestamp(task, task.createdAt),
		updated_at: timestamp(task, since),
	};
	return options.historyCase === 'camel' ? inCamelCase(snake) : snake;
}

/** The same fields under names such as `taskId`. */
export function inCamelCase(fields: Record<string, unknown>): Record<string, unknown> {
	const camel = (name: string) =>
		name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
	return Object.fromEntries(Object.entries(fields).map(([name, value]) => [camel(name), value]));
}
