import { AccountSpending } from '../../nodes/Luma/jobs/spending/accountSpending';
import { Simulator, VirtualClock, type FaultEffect, type SimulatorOptions } from '../../simulator';
import { fault } from '../faults';
import {
	bodyOf,
	createElsewhere,
	virtualRun,
	type VirtualRun,
	type VirtualRunOptions,
} from './virtualRun';

type Execute = (options?: VirtualRunOptions) => Promise<VirtualRun>;

/** A PiAPI account, and n8n processes with a daily limit, each of which knows what it has created itself. */
export class LimitedAccount {
	readonly clock = new VirtualClock();
	readonly simulator: Simulator;
	/** An execution of the first process. */
	readonly execute: Execute;

	constructor(
		private readonly limitUsd: number,
		service: SimulatorOptions,
	) {
		const { clock } = this;
		this.simulator = new Simulator({ clock, queueSeconds: 0, balanceUsd: 1000, ...service });
		this.execute = this.newProcess();
	}

	newProcess(): Execute {
		const daily = { limitUsd: this.limitUsd, spending: new AccountSpending(this.clock) };
		return async (options) => await virtualRun({ at: this, daily, ...options });
	}

	async executeAtOnce(many: number, execute = [this.execute]): Promise<VirtualRun[]> {
		const executions = Array.from({ length: many }, (_, index) => execute[index % execute.length]);
		return await Promise.all(executions.map(async (start) => await start()));
	}

	async pass(milliseconds: number): Promise<void> {
		await this.clock.sleep(milliseconds);
	}

	/** What other programs create. */
	async createElsewhere(many: number, input?: object): Promise<void> {
		const body = bodyOf('Elsewhere', input);
		for (let made = 0; made < many; made++) await createElsewhere(this.simulator, body);
	}

	/** The fault of the task list. */
	lists(effect: FaultEffect): void {
		this.simulator.addFault(fault('history', effect, 'every'));
	}

	get videos(): number {
		return this.simulator.tasks.size;
	}

	get listReads(): number {
		return this.simulator.calls.filter(({ route }) => route === 'history').length;
	}
}

/** Runs a test with such an account, in virtual time. */
export async function withLimit(
	limitUsd: number,
	service: SimulatorOptions,
	test: (account: LimitedAccount) => Promise<void>,
): Promise<void> {
	const account = new LimitedAccount(limitUsd, service);
	await account.clock.run(async () => await test(account));
}
