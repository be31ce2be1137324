import { pointsPerUsd } from '../account';
import type { TaskStatus } from '../contract';
import { success } from '../wire';
import type { Handler } from './visit';

/** `GET /account/info` */
export const accountInfo: Handler = ({ account, options: { plan = 'creator' } }) => {
	account.catchUp();
	return success({
		account_id: '7a1c0d52-2f0b-4d0e-9c53-5d1f3a3a0c11',
		account_name: 'simulated-account',
		plan,
		equivalent_in_usd: account.availablePoints / pointsPerUsd,
		max_concurrent_task_count: account.concurrency,
		is_enable: true,
		wallet: {
			point_remain: account.availablePoints,
			point_used: account.usedPoints,
			point_frozen: account.frozenPoints,
		},
	});
};

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
