import type { Task } from '../../nodes/Luma/piapi/task';
import { RunClock } from '../../nodes/Luma/runtime/clock';
import { pollAccount } from '../../nodes/Luma/triggers/polling';
import { PollReader } from '../../nodes/Luma/triggers/pollReader';
import { readState, storedState } from '../../nodes/Luma/triggers/pollState';
import {
	Simulator,
	VirtualClock,
	type FaultEffect,
	type Route,
	type SimulatorOptions,
} from '../../simulator';
import { API_KEY, BASE_URL, bodyOf, clientOf, createElsewhere } from './virtualRun';

export const HOUR_SECONDS = 3600;

export interface PolledAccountOptions extends SimulatorOptions {
	/** How far the clock of n8n is ahead of PiAPI's. */
	clockAheadMs?: number;
	catchUpHours?: number;
	/** How long a poll may take. */
	budgetMs?: number;
}

/** A PiAPI account and a trigger that polls it, in virtual time, with what n8n keeps in its database. */
export class PolledAccount {
	readonly clock = new VirtualClock();

	readonly simulator: Simulator;

	/** Ids of the tasks that started the workflow, poll by poll. */
	readonly runs: string[][] = [];

	/** By task ID: seconds from the task's end until the workflow started. */
	readonly latencies: number[] = [];

	credential = { apiKey: API_KEY, baseUrl: BASE_URL };

	/** What the process knows. */
	private state = '{}';

	/** What is in the database: n8n stores it with the activation and with each start of the workflow. */
	private stored = '{}';

	private renderSeconds = 120;

	private fails = false;

	constructor(private readonly options: PolledAccountOptions = {}) {
		this.simulator = new Simulator({
			clock: this.clock,
			queueSeconds: 0,
			balanceUsd: 100_000,
			concurrency: 10_000,
			renderSeconds: () => this.renderSeconds,
			outcome: () => (this.fails ? { message: 'refused by moderation' } : undefined),
			...options,
		});
	}

	/** Ids of all tasks that started the workflow. */
	get handedOn(): string[] {
		return this.runs.flat();
	}

	get stateLength(): number {
		return this.state.length;
	}

	longestState = 0;

	/** What is stored under the key of the state. */
	get kept(): unknown {
		return (JSON.parse(this.state) as { state?: unknown }).state;
	}

	set kept(state: unknown) {
		this.state = JSON.stringify({ state });
	}

	/** Any tool makes a task. */
	async make(renderSeconds = 120, fails = false): Promise<string> {
		Object.assign(this, { renderSeconds, fails });
		const body = bodyOf('A red fox is trotting along a snowy ridge');
		return String(await createElsewhere(this.simulator, body));
	}

	/** One after the other, so that they end in that order. */
	async makeMany(count: number, renderSeconds = 120): Promise<string[]> {
		const ids: string[] = [];
		for (let made = 0; made < count; made++) {
			ids.push(await this.make(renderSeconds));
			await this.pass(0.01);
		}
		return ids;
	}

	async pass(seconds: number): Promise<void> {
		await this.clock.sleep(seconds * 1000);
	}

	/** Switches the workflow on. */
	async activate(): Promise<void> {
		await this.poll();
		this.stored = this.state;
	}

	/** What n8n does at a poll time. */
	async poll(): Promise<Task[]> {
		const { clockAheadMs = 0, catchUpHours = 24, budgetMs = 30_000 } = this.options;
		const { clock, credential } = this;
		const now = () => clock.now() + clockAheadMs;
		const runClock = new RunClock({ now, sleep: clock.sleep.bind(clock) });
		const piapi = clientOf(this.simulator, clock, { runClock, maxConcurrency: 5 });
		const before = readState(this.kept);
		const settings = { credential, catchUpMs: catchUpHours * 3_600_000 };
		const reader = new PollReader(piapi, runClock, budgetMs);
		const { state, ended } = await reader.inTime(pollAccount(reader, before, settings));
		this.kept = storedState(state);
		this.longestState = Math.max(this.longestState, this.state.length);
		if (ended.length === 0) return ended;

		this.stored = this.state;
		this.runs.push(ended.map(({ taskId }) => taskId));
		for (const { taskId } of ended) {
			const endedAt = Number(this.simulator.tasks.get(taskId)?.endedAt);
			this.latencies.push((clock.now() - endedAt) / 1000);
		}
		return ended;
	}

	/** Polls every minute for that long. */
	async pollFor(minutes: number): Promise<void> {
		for (let minute = 0; minute < minutes; minute++) {
			await this.pass(60);
			await this.poll();
		}
	}

	/** Polls with a fault of each request on that route. */
	async pollWith(effect: FaultEffect, route: Route = 'history'): Promise<Task[]> {
		this.simulator.addFault({ route, calls: 'every', effect });
		try {
			return await this.poll();
		} finally {
			this.simulator.clearFaults();
		}
	}

	/** After `kill -9` only the database is left. */
	restart(): void {
		this.state = this.stored;
	}
}

/** Runs a test with an account, in virtual time. */
export async function withAccount(
	options: PolledAccountOptions,
	test: (account: PolledAccount) => Promise<void>,
): Promise<void> {
	const account = new PolledAccount(options);
	await account.clock.run(async () => await test(account));
}
