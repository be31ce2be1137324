import { persist } from '../../generation/persist';
import { answering } from '../answering';
import type { Operation } from '../operation';

export const get: Operation = {
	fields: [],
	execute: answering(() => async (client, clock) => {
		const [account, active] = await Promise.all([
			persist(clock, async () => await client.account()),
			persist(clock, async () => await client.activeTasks()),
		]);
		return [{ ...account, ...active }];
	}),
};
