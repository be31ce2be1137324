import type { CreateTaskBody, PiapiClient } from '../piapi/client';
import type { StoreFile } from '../piapi/media';
import type { RunClock } from '../runtime/clock';
import { Job } from './job';
import type { Progress } from './progress';
import type { JobRequest } from './request';
import type { Ledger } from './spending/ledger';
import type { SpendingLimits } from './spending/limits';

/** From created to ended tasks; jobs that are still running afterwards are waited for elsewhere. */
export type WaitForTasks = (jobs: Job[], run: Run) => Promise<void>;

/** What a run is made of. */
export interface RunParts {
	piapi: PiapiClient;
	/** The time of the run, and how it ends early. */
	clock: RunClock;
	/** Whether the first failed item ends the run (On Error is not set to continue). */
	failFast: boolean;
	/** What this execution has paid, kept from one try to the next. */
	ledger: Ledger;
	limits: SpendingLimits;
	/** Adds the webhook configuration, with a new creation tag, to the body of a create. */
	withWebhook: (body: CreateTaskBody) => CreateTaskBody;
	waitForTasks: WaitForTasks;
	storeFile: StoreFile;
	/** Whether tasks that have not started are cancelled when the execution is stopped. */
	cancelOnStop: boolean;
	progress: Progress;
	/** Takes one line for n8n's log. */
	log: (line: string) => void;
}

/** One call of the node: what its jobs share, and what a change of one means for the run. */
export class Run implements RunParts {
	readonly piapi!: PiapiClient;
	readonly clock!: RunClock;
	readonly failFast!: boolean;
	readonly ledger!: Ledger;
	readonly limits!: SpendingLimits;
	readonly withWebhook!: RunParts['withWebhook'];
	readonly waitForTasks!: WaitForTasks;
	readonly storeFile!: StoreFile;
	readonly cancelOnStop!: boolean;
	readonly progress!: Progress;
	readonly log!: RunParts['log'];

	constructor(parts: RunParts) {
		Object.assign(this, parts);
	}

	/** A job of this run, at its beginning. */
	jobFor(request: JobRequest): Job {
		return new Job(request, (job) => this.changed(job));
	}

	/** Every change of a job comes by here, and only here: it is booked, told, and may end the run. */
	private changed(job: Job): void {
		this.ledger.book(job);
		this.progress.update(job);
		if (job.in('failed') && this.failFast) this.clock.abort();
	}
}
