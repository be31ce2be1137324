import type { CreateTaskBody } from '../../piapi/client';
import { PiapiError } from '../../piapi/errors';
import { spendRemedy, spendRemedyForAll } from '../budget';
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
	const createdKinds = new Set<string>();
	while (!run.clock.aborted) {
		const open = creations.filter(({ job }) => job.in('new'));
		if (open.length === 0 || (run.failFast && !fitsBudget(open, run))) return;
		const batch = nextBatch(open, createdKinds, run);
		await Promise.all(batch.map(async (creation) => await createOne(creation, run)));
		const created = batch.filter(({ job }) => job.in('running'));
		created.forEach(({ body }) => createdKinds.add(priceKeyOf(body)));
	}
}

/**
 * What can be created at once. With a spending limit the first of each kind goes alone: the price that
 * PiAPI then takes for it counts for the others.
 */
function nextBatch(open: Creation[], createdKinds: Set<string>, { budget }: Run): Creation[] {
	if (budget.limitUsd === 0) return open;
	const chosenKinds = new Set<string>();
	return open.filter(({ body }) => {
		const kind = priceKeyOf(body);
		if (budget.knowsPriceOf(body) || createdKinds.has(kind)) return true;
		const isFirst = !chosenKinds.has(kind);
		chosenKinds.add(kind);
		return isFirst;
	});
}

/** Where the first failed item ends the run, no video is paid for that would not be delivered. */
function fitsBudget(open: Creation[], run: Run): boolean {
	const bodies: CreateTaskBody[] = [];
	for (const { job, body } of open) {
		bodies.push(body);
		if (run.budget.allows(bodies)) continue;
		const remedy = spendRemedyForAll(run.budget, bodies);
		failJob(job, new PiapiError('spendLimit', { remedy }), run);
		return false;
	}
	return true;
}

async function createOne({ job, body }: Creation, run: Run): Promise<void> {
	const { budget, clock, ledger } = run;
	const state = job.in('new');
	if (!state || clock.aborted) return;
	if (!budget.allows([body])) {
		const remedy = spendRemedy(budget, body);
		return failJob(job, new PiapiError('spendLimit', { remedy }), run);
	}
	// From here on the limit counts it, however long it waits for its turn.
	ledger.addAttempt(job.request, newCreateAttempt(null, clock.now()));
	const complete = bodyToSend(body, job.request, state.imageUrls);
	await create(job, run.withWebhook(complete), run);
}
