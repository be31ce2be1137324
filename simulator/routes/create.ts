import { refusal, success } from '../envelope';
import { readTaskRequest } from '../validation';
import type { Handler } from './visit';

/** `POST /api/v1/task` */
export const create: Handler = ({ request, account, writeTask, isAbout }) => {
	const canExtend = (id: string) =>
		[...account.tasks.values()].some(
			(task) => (task.taskId === id || task.generationId === id) && task.status === 'completed',
		);
	const order = readTaskRequest(request.body, canExtend);
	if (typeof order === 'string') return refusal(400, order);
	if (account.priceOf(order.input) > account.availablePoints) {
		const message = 'failed to freeze point: insufficient credits';
		return refusal(500, message, {
			task_id: '',
			error: { code: 10000, raw_message: message, message, detail: null },
		});
	}
	const task = account.create(order.taskType, order.input, order.config);
	isAbout(task.taskId);
	return success(writeTask(task, task.state));
};
