import { refusal, success } from '../envelope';
import type { Handler } from './visit';

/** `GET /api/v1/task/{task_id}` */
export const read: Handler = ({ parameter, account, seenAt, writeTask, isAbout }) => {
	isAbout(parameter);
	const task = account.tasks.get(parameter);
	const state = task?.stateAt(seenAt);
	if (!task || !state) return refusal(404, 'task not found');
	return success(writeTask(task, state));
};
