import { refusal, success } from '../envelope';
import type { Handler } from './visit';

/** `DELETE /api/v1/tasks?created_before=<unix seconds>` */
export const cancelMany: Handler = ({ query, account }) => {
	const createdBefore = query.get('created_before') ?? '';
	if (!/^\d+$/.test(createdBefore)) {
		return refusal(400, 'created_before must be a time in unix seconds');
	}
	for (const task of account.tasks.values()) {
		if (task.status === 'pending' && task.createdAt < Number(createdBefore) * 1000) {
			account.cancel(task);
		}
	}
	return success();
};
