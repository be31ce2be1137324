import type { PiapiClient } from '../piapi/client';
import type { PiapiTrouble } from '../piapi/errors';
import type { Task } from '../piapi/task';
import type { WebhookTarget } from '../piapi/webhookConfig';
import type { Budget } from './budget';
import type { Claims } from './claims';
import type { RunClock } from './clock';
import type { Gate } from './gate';
import type { Generation } from './generation';
import type { Ledger } from './ledger';
import type { UsualTimes } from './usualTimes';

/** What the steps of the pipeline share during one run of the node. */
export interface Run {
	client: PiapiClient;
	clock: RunClock;
	/** Limits how many requests are under way at once. */
	gate: Gate;
	/** Whether the first item in trouble ends the run (Continue On Fail is off). */
	failFast: boolean;
	/** What this execution has paid, kept from one try to the next. */
	ledger: Ledger;
	budget: Budget;
	/** Whom PiAPI calls at the end of tasks, and the key that signs what its webhooks carry. */
	endpoint: WebhookTarget;
	/** Tasks that have their item already. */
	claims: Claims;
	/** How long videos take. */
	usualTimes: UsualTimes;
	/** Creates that were on their way when the execution was stopped. */
	leftOver: PendingCreate[];
}

/** A create that nobody could wait for any longer; its answer never rejects. */
export interface PendingCreate {
	generation: Generation;
	answer: Promise<Task | PiapiTrouble>;
}
