import { retry } from '../../runtime/retry';
import { perItem } from '../perItem';
import type { Operation } from '../operation';

export const get: Operation = {
	fields: [],
	execute: perItem(() => async (client, clock) => {
		const [account, active] = await Promise.all([
			retry(clock, async () => await client.account()),
			retry(clock, async () => await client.activeTasks()),
		]);
		return [{ ...account, ...active }];
	}),
};
