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

const none = { staged_count: 0, pending_count: 0, processing_count: 0, active_tasks: [] };

/** `GET /account/active_tasks` */
export const activeTasks: Handler = ({ account }) => {
	const tasks = [...account.tasks.values()];
	const idsOf = (wanted: TaskStatus) =>
		tasks.filter(({ status }) => status === wanted).map(({ taskId }) => taskId);
	const [pending, staged, processing] = [idsOf('pending'), idsOf('staged'), idsOf('processing')];
	const luma = {
		staged_count: staged.length,
		pending_count: pending.length,
		processing_count: processing.length,
		active_tasks: [...pending, ...staged, ...processing],
	};
	return success({ luma, kling: none, hailuo: none, midjourney: none, flux: none, suno: none });
};
