import type { CreateTaskBody } from '../../piapi/client';
import { newCreateAttempt } from '../createAttempt';
import type { Job } from '../job';
import { priceKeyOf } from '../price';
import { failJob, type Run } from '../run';
import { create } from './create';
import { bodyToSend } from './upload';

/** A job that asks for a new task. */
interface Creation {
	job: Job;
	body: CreateTaskBody;
}

/** Creates a task for every item that asks for a new one. No item waits for another one's video. */
export async function submit(jobs: Job[], run: Run): Promise<void> {
	const creations: Creation[] = [];
	for (const job of jobs) {
		const { source } = job.request;
		if (source.type === 'create') creations.push({ job, body: source.body });
		else job.start(source.taskId, 'existing', run.clock.now());
	}
	await createAll(creations, run);
}

async function createAll(creations: Creation[], run: Run): Promise<void> {
	if (!(await areLimitsKnown(creations, run))) return;
	const createdKinds = new Set<string>();
	while (!run.clock.aborted) {
		const open = creations.filter(({ job }) => job.in('new'));
		if (open.length === 0) return;
		const endTurn = await claimFirst(open, run);
		try {
			await createNext(open, createdKinds, run);
		} finally {
			endTurn();
		}
	}
}

/** Where other executions share a limit, one at a time creates the first video of a kind. */
async function claimFirst(open: Creation[], { limits, clock }: Run): Promise<() => void> {
	const claim = limits.claimFirst(open.map(({ body }) => body));
	const endTurn = await clock.unlessCancelled(claim);
	if (endTurn) return endTurn;
	void claim.then((endLate) => endLate());
	return () => undefined;
}

async function createNext(open: Creation[], createdKinds: Set<string>, run: Run): Promise<void> {
	if (run.clock.aborted || (run.failFast && !fitTogether(open, run))) return;
	const batch = nextBatch(open, createdKinds, run);
	await Promise.all(batch.map(async (creation) => await createOne(creation, run)));
	const created = batch.filter(({ job }) => job.in('running'));
	created.forEach(({ body }) => createdKinds.add(priceKeyOf(body)));
}

/** Where it is not known what was spent, nothing is created. */
async function areLimitsKnown(creations: Creation[], run: Run): Promise<boolean> {
	const open = creations.filter(({ job }) => job.in('new'));
	if (open.length === 0 || run.clock.aborted || !run.limits.areSet) return true;
	const bodies = open.map(({ body }) => body);
	const unknown = await run.clock.unlessCancelled(run.limits.prepare(bodies));
	if (!unknown || run.clock.aborted) return true;
	open.forEach(({ job }) => failJob(job, unknown, run));
	return false;
}

/**
 * What can be created at once. With a spending limit the first of each kind goes alone: the price that
 * PiAPI then takes for it counts for the others.
 */
function nextBatch(open: Creation[], createdKinds: Set<string>, { limits }: Run): Creation[] {
	if (!limits.areSet) return open;
	const chosenKinds = new Set<string>();
	return open.filter(({ body }) => {
		const kind = priceKeyOf(body);
		if (limits.knowsPriceOf(body) || createdKinds.has(kind)) return true;
		const isFirst = !chosenKinds.has(kind);
		chosenKinds.add(kind);
		return isFirst;
	});
}

/**
 * Where the first failed item ends the run, no video is paid for that would not be delivered. From here on
 * other executions leave room for all of them.
 */
function fitTogether(open: Creation[], run: Run): boolean {
	open.forEach(({ job }) => run.ledger.unplan(job.request));
	const type = open.length === 1 ? 'video' : 'run';
	const bodies: CreateTaskBody[] = [];
	for (const { job, body } of open) {
		bodies.push(body);
		const refusal = run.limits.refusal(type, bodies);
		if (!refusal) continue;
		failJob(job, refusal, run);
		return false;
	}
	open.forEach(({ job }) => run.ledger.plan(job.request));
	return true;
}

async function createOne({ job, body }: Creation, run: Run): Promise<void> {
	const { limits, clock, ledger } = run;
	const state = job.in('new');
	if (!state || clock.aborted) return;
	ledger.unplan(job.request);
	const refusal = limits.refusal('video', [body]);
	if (refusal) return failJob(job, refusal, run);
	// From here on the limits count it, however long it waits for its turn.
	ledger.addAttempt(job.request, newCreateAttempt(null, clock.now()));
	const complete = bodyToSend(body, job.request, state.imageUrls);
	await create(job, run.withWebhook(complete), run);
}
