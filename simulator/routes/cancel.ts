import { refusal, success } from '../envelope';
import type { Handler } from './visit';

/** `DELETE /api/v1/task/{task_id}` */
export const cancel: Handler = ({ parameter, account, isAbout }) => {
	isAbout(parameter);
	const task = account.tasks.get(parameter);
	if (!task) return refusal(404, 'task not found');
	if (task.status !== 'pending') {
		return refusal(400, `only a pending task can be cancelled, this one is ${task.status}`);
	}
	account.cancel(task);
	return success();
};
