import { answering } from '../answering';
import type { Operation } from '../operation';

export const get: Operation = {
	fields: [],
	execute: answering(() => async (client) => {
		const [account, active] = await Promise.all([client.account(), client.activeTasks()]);
		return [{ ...account, ...active }];
	}),
};
