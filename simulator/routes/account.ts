import { pointsPerUsd } from '../account';
import type { AccountForm } from '../contract';
import type { TaskStatus } from '../tasks';
import { success } from '../wire';
import type { Handler } from './visit';

/** `GET /account/info` */
export const accountInfo: Handler = ({ account, options }) => {
	const { plan = 'creator', accountForm = 'current' } = options;
	account.catchUp();
	const { availablePoints, usedPoints, frozenPoints, concurrency } = account;
	const name = 'simulated-account';
	const usd = { equivalent_in_usd: availablePoints / pointsPerUsd };
	const wallet = {
		point_remain: availablePoints,
		point_used: usedPoints,
		point_frozen: frozenPoints,
	};
	const id = { account_id: '7a1c0d52-2f0b-4d0e-9c53-5d1f3a3a0c11', account_name: name };
	const rest = { plan, max_concurrent_task_count: concurrency, is_enable: true };
	const others = { max_concurrent_task_count: 1, max_luma_concurrency: concurrency };
	const forms: Record<AccountForm, object> = {
		current: { ...id, ...rest, ...usd, wallet },
		numberId: { id: 4711, name, ...rest, ...usd, ...others, api_key: 'a-key-of-the-account' },
		withoutId: { name, ...rest, ...usd },
		quota: { ...id, ...rest, equivalent_in_usd: 0, quota: usd, wallet: {} },
		wallet: { ...id, ...rest, wallet },
		creditPack: { ...id, ...rest, credit_pack_info: { available_credits: availablePoints } },
	};
	return success(forms[accountForm]);
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
