import type { PiapiErrorCode } from '../messages/catalog';
import type { CreateTaskBody } from '../piapi/client';
import { catchPiapiError, isDefinitelyNotCreated, PiapiError } from '../piapi/errors';
import { recordOf } from '../piapi/json';
import type { Task } from '../piapi/task';
import { hasTagForm } from '../piapi/webhookTag';
import { backoffMs, retry, withJitter } from '../runtime/turns';
import type { CreateAttempt, Job } from './job';
import type { Run } from './run';
import { kindOf } from './spending/price';
import { bodyToSend } from './uploadImages';

/** Sends a create when its turn has come, or throws. */
type Turn = (send: () => Promise<Task>) => Promise<Task>;

/** A job that asks for a new task. */
interface Creation {
	job: Job;
	body: CreateTaskBody;
}

/**
 * Creates a task for every item that asks for a new one, as far as the spending limits have room. No item
 * waits for another one's video.
 */
export async function createTasks(jobs: Job[], run: Run): Promise<void> {
	const creations = jobs.flatMap((job): Creation[] => {
		const { source } = job.request;
		return source.type === 'create' && job.in('new') ? [{ job, body: source.body }] : [];
	});
	if (creations.length === 0 || !(await areLimitsKnown(creations, run))) return;
	try {
		await createInOrder(creations, run);
	} finally {
		run.limits.plan([]);
	}
}

/** Where it is not known what was spent, nothing is created. */
async function areLimitsKnown(creations: Creation[], run: Run): Promise<boolean> {
	if (run.clock.aborted || !run.limits.areSet) return true;
	const bodies = creations.map(({ body }) => body);
	const unknown = await run.clock.unlessCancelled(run.limits.prepare(bodies));
	if (!unknown || run.clock.aborted) return true;
	creations.forEach(({ job }) => job.fail(unknown));
	return false;
}

/**
 * With a spending limit the first of each kind goes alone: the price that PiAPI then takes for it counts
 * for the others. What the limits have room for is created in the order of the items.
 */
async function createInOrder(creations: Creation[], run: Run): Promise<void> {
	const { clock, ledger, limits, piapi } = run;
	const createdKinds = new Set<string>();
	const sent: Array<Promise<void>> = [];
	for (const creation of creations) {
		const { job, body } = creation;
		await clock.unlessCancelled(piapi.limiter.room());
		const created = createOne(creation, creations, run);
		sent.push(created);
		const kind = kindOf(body);
		if (!limits.areSet || createdKinds.has(kind) || ledger.knowsPriceOf(body)) continue;
		await created;
		if (job.in('running')) createdKinds.add(kind);
	}
	await Promise.all(sent);
}

/** A stop does not end a create that was sent, but nobody waits for it any more: the clean-up does. */
async function createOne(creation: Creation, all: Creation[], run: Run): Promise<void> {
	const { job, body } = creation;
	const state = job.in('new');
	if (!state || run.clock.aborted) return;
	const complete = run.withWebhook(bodyToSend(body, job.request, state.imageUrls));
	let settle = () => {};
	const settled = new Promise<void>((resolve) => (settle = resolve));
	const inTurn: Turn = async (send) => {
		// An earlier attempt has made nothing, and leaves its room.
		if (job.in('creating')) job.enter(state);
		admit(creation, all, run);
		job.enter({ status: 'creating', attempt: attemptNow(complete, run), settled });
		const task = await send();
		// The next one to be sent is to know the price.
		job.start(task.taskId, 'created', run.clock.now(), task);
		return task;
	};
	const created = create(job, complete, inTurn, run).finally(settle);
	await run.clock.unlessCancelled(created);
}

/**
 * Asks the limits right before each send, by all that the answers so far have said. Where the first failed
 * item ends the run, all that is left has to fit, so that no video is paid for that would not be delivered;
 * other executions leave room for it.
 *
 * @throws PiapiError when it is not to be sent
 */
function admit({ job, body }: Creation, all: Creation[], { limits, failFast }: Run): void {
	if (!limits.areSet) return;
	limits.plan([]);
	const open = failFast ? all.filter((other) => other.job.in('new')) : [{ job, body }];
	const bodies = open.map((other) => other.body);
	const isRefused = limits.refusal(bodies) !== undefined;
	for (const [index, first] of isRefused ? open.entries() : []) {
		const refusal = limits.refusal(bodies.slice(0, index + 1));
		if (!refusal) continue;
		first.job.fail(refusal);
		throw new PiapiError('stopped');
	}
	limits.plan(open.filter((other) => other.job !== job).map((other) => other.body));
}

function attemptNow({ config }: CreateTaskBody, { piapi }: Run): CreateAttempt {
	const { secret } = recordOf(config?.webhook_config);
	// A secret of the user's own does not tell one create from another.
	const tag = hasTagForm(secret) ? secret : null;
	return { tag, sentAt: piapi.now(), isPiapiTime: piapi.knowsTime };
}

/** Errors that are worth another attempt. A wrong Base URL should be reported within seconds. */
const MAX_ATTEMPTS: Partial<Record<PiapiErrorCode, number>> = {
	tooManyRequests: 6,
	unreachable: 3,
};
const FIRST_BACKOFF_MS = 2_000;
const MAX_BACKOFF_MS = 60_000;
/** A backoff that would end later than this is not begun. */
const MAX_RETRY_MS = 5 * 60_000;

/**
 * Creates the task of a job. Only an answer that proves that nothing was created is followed by another
 * attempt: PiAPI has no idempotency key, so a second create after a lost answer would be paid twice.
 */
async function create(job: Job, body: CreateTaskBody, inTurn: Turn, run: Run): Promise<void> {
	const { clock, piapi } = run;
	const giveUpAt = clock.now() + MAX_RETRY_MS;
	const delayAfter = (error: unknown, attempts: number) => {
		if (!(error instanceof PiapiError) || attempts >= (MAX_ATTEMPTS[error.code] ?? 1)) return;
		const askedMs = error.details.retryAfterMs;
		const delayMs = withJitter(askedMs ?? backoffMs(attempts, FIRST_BACKOFF_MS, MAX_BACKOFF_MS));
		return clock.now() + delayMs > giveUpAt ? undefined : delayMs;
	};
	const attempts = retry(clock, async () => await piapi.create(body, inTurn), delayAfter);
	const created = await catchPiapiError(attempts);
	if (created instanceof PiapiError) notCreated(job, created, attemptNow(body, run));
}

function notCreated(job: Job, error: PiapiError, attempt: CreateAttempt): void {
	if (error.code === 'stopped') {
		// It was never sent; the end of the run leaves the job as it was.
		if (job.in('creating')) job.enter({ status: 'new', imageUrls: new Map() });
	} else if (isDefinitelyNotCreated(error)) {
		job.fail(error);
	} else {
		const { isForeign, httpStatus } = error.details;
		const foreignStatus = isForeign ? httpStatus : undefined;
		job.enter({ status: 'unconfirmed', attempt: { ...attempt, foreignStatus }, cause: error });
	}
}
