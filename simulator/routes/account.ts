import { pointsPerUsd } from '../account';
import { writeAccount } from '../dialects';
import { isUnderWay, type TaskStatus } from '../tasks';
import { success } from '../wire';
import type { Handler } from './visit';

/** `GET /account/info` */
export const accountInfo: Handler = ({ account, options }) => {
	const { plan = 'creator', accountForm = 'current' } = options;
	const { availablePoints: points, concurrency } = account;
	const underWay = [...account.tasks.values()].filter(({ status }) => isUnderWay(status));
	const frozen = underWay.reduce((sum, { pricePoints }) => sum + pricePoints, 0);
	const usd = { equivalent_in_usd: points / pointsPerUsd };
	const wallet = { point_remain: points, point_frozen: frozen };
	const common = { plan, max_concurrent_task_count: concurrency, is_enable: true };
	return success({ ...common, ...writeAccount[accountForm]({ usd, wallet }, concurrency) });
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
