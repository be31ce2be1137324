import { readTaskRequest } from '../validation';
import { demand, refusal, success } from '../wire';
import type { Handler } from './visit';

/** `POST /api/v1/task` */
export const create: Handler = ({ request, account, writeTask, call }) => {
	const canExtend = (id: unknown) => account.find(id)?.status === 'completed';
	const order = readTaskRequest(request.body, canExtend);
	if (account.priceOf(order.input) > account.availablePoints) {
		const message = 'failed to freeze point: insufficient credits';
		const error = { code: 10000, raw_message: message, message, detail: null };
		return refusal(500, message, { task_id: '', error });
	}
	const task = account.create(order);
	call.taskId = task.taskId;
	return success(writeTask(task, task.latest));
};

/** `GET /api/v1/task/{task_id}` */
export const read: Handler = ({ parameter, account, seenAt, writeTask, call }) => {
	call.taskId = parameter;
	const task = account.tasks.get(parameter);
	if (task) account.countRead(task);
	const state = task?.stateAt(seenAt);
	if (!task || !state) return refusal(404, 'task not found');
	return success(writeTask(task, state));
};

/** `DELETE /api/v1/task/{task_id}` */
export const cancel: Handler = ({ parameter, account, call }) => {
	call.taskId = parameter;
	const task = account.tasks.get(parameter);
	if (!task) return refusal(404, 'task not found');
	const { status } = task;
	demand(status === 'pending', `only a pending task can be cancelled, this one is ${status}`);
	account.cancel(task);
	return success();
};

/** `DELETE /api/v1/tasks?created_before=<unix seconds>` */
export const cancelMany: Handler = ({ query, account }) => {
	const createdBefore = query.get('created_before') ?? '';
	demand(/^\d+$/.test(createdBefore), 'created_before must be a time in unix seconds');
	const isOld = ({ createdAt }: { createdAt: number }) => createdAt < Number(createdBefore) * 1000;
	for (const task of account.tasks.values()) {
		if (task.status === 'pending' && isOld(task)) account.cancel(task);
	}
	return success();
};
