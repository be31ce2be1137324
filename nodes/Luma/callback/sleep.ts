import type { Clock } from '../generation/clock';
import type { PiapiClient } from '../piapi/client';
import { orTrouble, PiapiTrouble } from '../piapi/errors';
import type { Task } from '../piapi/task';
import { hasEnded, readEndedTask } from './endedTask';

/**
 * What a report means for the execution that sleeps: there are more to come, PiAPI has to say it
 * again, or this is the one that wakes it.
 */
export type Meaning = 'moreToCome' | 'sayAgain' | 'wake';

/** While n8n wakes the execution, further reports are put off: a repeat shows whether it is awake. */
const WAKING_MS = 30_000;

/** PiAPI is not to meet a crowd. */
const MOST_AT_ONCE = 8;

/** A report that has not arrived by then has been answered already, or never will. */
const REPORT_MS = 20_000;

/**
 * One sleeping execution, as far as this process knows it. What it forgets (a restart) is read again
 * at PiAPI: nothing here has to last.
 */
export class Sleep {
	/** How its tasks have ended; trouble stands for a task that is gone. */
	readonly ends = new Map<string, Task | PiapiTrouble>();

	private readonly looking = new Map<string, Promise<void>>();

	private readonly putOff = new Set<string>();

	private wokenAt = -Infinity;

	constructor(
		/** The tasks it waits for, in the order of the items. */
		private readonly taskIds: readonly string[],
		private readonly clock: Clock,
	) {}

	/**
	 * Hears that a task has ended.
	 *
	 * Reports arrive at the same time, at several processes, and n8n 1.123 would run the next nodes once
	 * for each that wakes it. So all go by one rule: the task that ended last wakes. Should its report
	 * have come while another task could not be seen at its end yet, that other's report finds all
	 * ended, is put off once, and wakes when PiAPI repeats it to an execution that still sleeps.
	 */
	async hear(taskId: string, client: PiapiClient): Promise<Meaning> {
		if (this.isWaking) return 'sayAgain';
		if (!(await this.seeEnd(taskId, client))) return 'sayAgain';
		if (!(await this.haveAllEnded(client))) return 'moreToCome';
		if (this.isWaking) return 'sayAgain';
		if (!this.isTheLast(taskId)) {
			this.putOff.add(taskId);
			return 'sayAgain';
		}
		this.wokenAt = this.clock.now();
		return 'wake';
	}

	/** Frees what is not needed any more: the execution has its results. */
	forget(): void {
		this.ends.clear();
		this.putOff.clear();
	}

	private get isWaking(): boolean {
		return this.clock.now() - this.wokenAt < WAKING_MS;
	}

	/** Whether no other report is to be left to wake the execution. */
	private isTheLast(taskId: string): boolean {
		const last = this.lastEnded;
		const isOver = this.clock.now() - Date.parse(last?.completedAt ?? '') > REPORT_MS;
		return last?.taskId === taskId || isOver || this.putOff.has(taskId);
	}

	/** The task that ended last by PiAPI's clock; of several the one whose id comes last. */
	private get lastEnded(): Task | undefined {
		const rank = ({ completedAt, taskId }: Task) => `${completedAt ?? ''} ${taskId}`;
		const tasks = [...this.ends.values()].filter(
			(end): end is Task => !(end instanceof PiapiTrouble),
		);
		return tasks.sort((a, b) => (rank(a) < rank(b) ? -1 : 1)).at(-1);
	}

	/** Tasks mostly end in their order, so the last ones are read first, and reading stops at an open one. */
	private async haveAllEnded(client: PiapiClient): Promise<boolean> {
		const unknown = this.taskIds.filter((taskId) => !this.ends.has(taskId)).reverse();
		for (
			let from = 0, many = 1;
			from < unknown.length;
			from += many, many = Math.min(2 * many, MOST_AT_ONCE)
		) {
			const tasks = await Promise.all(
				unknown.slice(from, from + many).map(async (taskId) => await this.look(taskId, client)),
			);
			if (!tasks.every(Boolean)) return false;
		}
		return true;
	}

	/** Whether PiAPI's record shows the end that was reported. */
	private async seeEnd(taskId: string, client: PiapiClient): Promise<boolean> {
		if (this.ends.has(taskId)) return true;
		const task = await readEndedTask(client, taskId, this.clock);
		if (task) this.ends.set(taskId, task);
		return task !== undefined;
	}

	/** Whether a task has ended that nothing was reported of; reports that come together share the look. */
	private async look(taskId: string, client: PiapiClient): Promise<boolean> {
		const looking = this.looking.get(taskId) ?? this.read(taskId, client);
		this.looking.set(taskId, looking);
		try {
			await looking;
			return this.ends.has(taskId);
		} finally {
			this.looking.delete(taskId);
		}
	}

	private async read(taskId: string, client: PiapiClient): Promise<void> {
		const seen = await orTrouble(client.readTask(taskId));
		const isUnknown = seen instanceof PiapiTrouble && seen.kind === 'unknownTask';
		// Nothing will ever be reported of a task that is gone, but it may only be out of sight.
		const end = isUnknown ? await orTrouble(readEndedTask(client, taskId, this.clock)) : seen;
		if (!(end instanceof PiapiTrouble)) {
			if (end && hasEnded(end)) this.ends.set(taskId, end);
		} else if (end.kind === 'unknownTask') {
			this.ends.set(taskId, new PiapiTrouble(end.kind, { ...end.facts, taskId }));
		} else {
			throw end;
		}
	}
}
