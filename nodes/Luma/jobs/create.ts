import type { PiapiErrorCode } from '../messages/catalog';
import type { CreateTaskBody } from '../piapi/client';
import { catchPiapiError, isDefinitelyNotCreated, PiapiError } from '../piapi/errors';
import { recordOf } from '../piapi/json';
import { hasTagForm } from '../piapi/webhookTag';
import { backoffMs, retry, withJitter } from '../runtime/turns';
import type { CreateAttempt, Job } from './job';
import type { Run } from './run';
import { kindOf } from './spending/price';
import { bodyToSend } from './uploadImages';

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

	const createdKinds = new Set<string>();
	for (let open = creations; open.length > 0; open = open.filter(isOpen)) {
		if (run.clock.aborted || (run.failFast && !fitTogether(open, run))) break;
		const batch = nextBatch(open, createdKinds, run);
		await Promise.all(batch.map(async (creation) => await createOne(creation, run)));
		const created = batch.filter(({ job }) => job.in('running'));
		created.forEach(({ body }) => createdKinds.add(kindOf(body)));
	}
	creations.forEach(({ job }) => unplan(job));
}

function isOpen({ job }: Creation): boolean {
	return job.state.status === 'new' || job.state.status === 'planned';
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
 * Where the first failed item ends the run, no video is paid for that would not be delivered. From here on
 * other executions leave room for all of them.
 */
function fitTogether(open: Creation[], run: Run): boolean {
	open.forEach(({ job }) => unplan(job));
	const type = open.length === 1 ? 'video' : 'run';
	const bodies = open.map(({ body }) => body);
	if (!run.limits.refusal(type, bodies)) {
		open.forEach(({ job }) => plan(job));
		return true;
	}
	for (const [index, { job }] of open.entries()) {
		const refusal = run.limits.refusal(type, bodies.slice(0, index + 1));
		if (!refusal) continue;
		job.fail(refusal);
		break;
	}
	return false;
}

function plan(job: Job): void {
	const state = job.in('new');
	if (state) job.enter({ ...state, status: 'planned' });
}

function unplan(job: Job): void {
	const state = job.in('planned');
	if (state) job.enter({ ...state, status: 'new' });
}

/**
 * What can be created at once. With a spending limit the first of each kind goes alone: the price that
 * PiAPI then takes for it counts for the others.
 */
function nextBatch(open: Creation[], createdKinds: Set<string>, { limits }: Run): Creation[] {
	if (!limits.areSet) return open;
	const chosenKinds = new Set<string>();
	return open.filter(({ body }) => {
		const kind = kindOf(body);
		if (limits.knowsPriceOf(body) || createdKinds.has(kind)) return true;
		const isFirst = !chosenKinds.has(kind);
		chosenKinds.add(kind);
		return isFirst;
	});
}

/** A stop does not end a create that was sent, but nobody waits for it any more: the clean-up does. */
async function createOne({ job, body }: Creation, run: Run): Promise<void> {
	unplan(job);
	const state = job.in('new');
	if (!state || run.clock.aborted) return;
	const refusal = run.limits.refusal('video', [body]);
	if (refusal) return job.fail(refusal);

	const complete = run.withWebhook(bodyToSend(body, job.request, state.imageUrls));
	let settle = () => {};
	const settled = new Promise<void>((resolve) => (settle = resolve));
	// From here on the limits count it, however long it waits for its turn.
	job.enter({ status: 'creating', attempt: attemptNow(complete, run), settled });
	const created = create(job, complete, run).finally(settle);
	await run.clock.unlessCancelled(created);
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
async function create(job: Job, body: CreateTaskBody, run: Run): Promise<void> {
	const { clock, piapi } = run;
	const giveUpAt = clock.now() + MAX_RETRY_MS;
	const delayAfter = (error: unknown, attempts: number) => {
		if (!(error instanceof PiapiError) || attempts >= (MAX_ATTEMPTS[error.code] ?? 1)) return;
		const askedMs = error.details.retryAfterMs;
		const delayMs = withJitter(askedMs ?? backoffMs(attempts, FIRST_BACKOFF_MS, MAX_BACKOFF_MS));
		return clock.now() + delayMs > giveUpAt ? undefined : delayMs;
	};
	const attempts = retry(clock, async () => await piapi.create(body), delayAfter);
	const created = await catchPiapiError(attempts);
	if (created instanceof PiapiError) notCreated(job, created, attemptNow(body, run));
	else job.start(created.taskId, 'created', clock.now(), created);
}

function notCreated(job: Job, error: PiapiError, attempt: CreateAttempt): void {
	if (error.code === 'stopped') {
		// It was never sent; the end of the run leaves the job as it was.
		job.enter({ status: 'new', imageUrls: new Map() });
	} else if (isDefinitelyNotCreated(error)) {
		job.fail(error);
	} else {
		const { isForeign, httpStatus } = error.details;
		const foreignStatus = isForeign ? httpStatus : undefined;
		job.enter({ status: 'unconfirmed', attempt: { ...attempt, foreignStatus }, cause: error });
	}
}
