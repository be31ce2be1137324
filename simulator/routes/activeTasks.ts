import type { TaskStatus } from '../contract';
import { success } from '../envelope';
import type { Handler } from './visit';

const otherModels = ['kling', 'hailuo', 'hunyuan', 'midjourney', 'flux', 'suno'];

/** `GET /account/active_tasks` */
export const activeTasks: Handler = ({ account }) => {
	const counts = (has: (status: TaskStatus) => string[]) => ({
		staged_count: has('staged').length,
		pending_count: has('pending').length,
		processing_count: has('processing').length,
		active_tasks: [...has('pending'), ...has('staged'), ...has('processing')],
	});
	const tasks = [...account.tasks.values()];
	const luma = counts((status) =>
		tasks.filter((task) => task.status === status).map(({ taskId }) => taskId),
	);
	const others = otherModels.map((model) => [model, counts(() => [])] as const);
	return success({ luma, ...Object.fromEntries(others) });
};
