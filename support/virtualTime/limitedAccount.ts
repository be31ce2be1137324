import { AccountSpending } from '../../nodes/Luma/jobs/spending/accountSpending';
import type { SimulatorOptions } from '../../simulator';
import { openAccount } from './simulatedAccount';
import { virtualRun, type VirtualRunOptions } from './virtualRun';

/** A PiAPI account, and n8n processes with a daily limit, each of which knows what it has created itself. */
export function openLimited(limitUsd: number, service: SimulatorOptions = {}) {
	const account = openAccount({ queueSeconds: 0, balanceUsd: 1000, ...service });
	const newProcess = (clock: Pick<typeof account.clock, 'now'> = account.clock) => {
		const daily = { limitUsd, spending: new AccountSpending(clock) };
		return async (options?: VirtualRunOptions) => await virtualRun({ account, daily, ...options });
	};
	/** An execution of the first process. */
	const execute = newProcess();
	return {
		...account,
		newProcess,
		execute,
		/** Executions that start at the same time, of these processes in turn. */
		executeAtOnce: async (many: number, processes = [execute]) => {
			const starts = Array.from({ length: many }, (_, i) => processes[i % processes.length]);
			return await Promise.all(starts.map(async (start) => await start()));
		},
	};
}
