import { expect, it } from '@jest/globals';

import { cancelPending } from '../../../nodes/Luma/operations/task/cancelMany';
import { RunClock } from '../../../nodes/Luma/runtime/clock';
import { bodyOf, openAccount } from '../../../support/virtualTime/simulatedAccount';
import { clientOf } from '../../../support/virtualTime/virtualRun';

it('cancels hundreds of tasks within the limit on requests of an account', async () => {
	const service = { queueSeconds: 1e6, balanceUsd: 1000, requestsPerMinute: 60 };
	const account = openAccount(service);
	const { clock, simulator } = account;
	const client = clientOf(account);
	const output = await clock.run(async () => {
		while (simulator.tasks.size < 250) {
			await client.create(bodyOf('A bee')).catch(async () => await clock.sleep(60_000));
		}
		return await cancelPending(client, new RunClock(clock), 0);
	});

	expect(output).toMatchObject({ cancelledTasks: 250, notCancelled: [] });
	const calls = simulator.calls.filter(({ status }) => status !== 429);
	expect(calls.filter(({ route }) => route === 'history')).toHaveLength(3);
	expect(calls.filter(({ route }) => route === 'cancel')).toHaveLength(250);
	expect([...simulator.tasks.values()].every(({ status }) => status === 'cancelled')).toBe(true);
});
