import { pointsPerUsd } from '../account';
import { success } from '../envelope';
import type { Handler } from './visit';

/** `GET /account/info` */
export const accountInfo: Handler = ({ account, plan }) => {
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
