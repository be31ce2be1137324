import { timestamp } from '../dialects';
import type { SimulatedTask, TaskState } from '../tasks';
import { refusal, success } from '../wire';
import type { Handler, Visit } from './visit';

/** `GET /api/open/tasks/histories`, newest first. */
export const history: Handler = (visit) => {
	const { query, account, seenAt } = visit;
	const page = wholeNumber(query.get('page') ?? '1');
	if (!page) return refusal(400, 'page must be a whole number from 1');
	const size = wholeNumber(query.get('page_size') ?? '10');
	if (!size || size > 100) return refusal(400, 'page_size must be a whole number from 1 to 100');
	const from = wholeNumber(query.get('start_time') ?? '0');
	const until = wholeNumber(query.get('end_time') ?? String(Number.MAX_SAFE_INTEGER));
	if (from === undefined || until === undefined) {
		return refusal(400, 'start_time and end_time must be times in unix seconds');
	}
	const isWanted = ({ createdAt }: SimulatedTask) => {
		const seconds = Math.floor(createdAt / 1000);
		return from <= seconds && seconds <= until;
	};
	const rows: object[] = [];
	let total = 0;
	if (['luma', ''].includes(query.get('model') ?? '')) {
		for (const task of [...account.tasks.values()].reverse()) {
			const state = task.stateAt(seenAt);
			if (!state || !isWanted(task)) continue;
			if (total >= (page - 1) * size && total < page * size) rows.push(row(visit, task, state));
			total++;
		}
	}
	return success({ data: rows, page, size, total });
};

function row({ options }: Visit, task: SimulatedTask, state: TaskState): object {
	const snake = {
		task_id: task.taskId,
		task_model: 'luma',
		action: task.taskType,
		status: options.statusWords?.[state.status] ?? state.status,
		service_mode: task.config.service_mode,
		usage: state.frozenPoints + state.chargedPoints,
		usage_type: options.usageType ?? 'point',
		detail: null,
		created_at: timestamp(task, task.createdAt),
		updated_at: timestamp(task, state.since),
	};
	return options.historyCase === 'camel' ? inCamelCase(snake) : snake;
}

/** The same fields under names such as `taskId`. */
export function inCamelCase(fields: Record<string, unknown>): Record<string, unknown> {
	const camel = (name: string) =>
		name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
	return Object.fromEntries(Object.entries(fields).map(([name, value]) => [camel(name), value]));
}

function wholeNumber(text: string): number | undefined {
	return /^\d{1,16}$/.test(text) ? Number(text) : undefined;
}
