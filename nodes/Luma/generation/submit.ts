import type { CreateTaskBody } from '../piapi/client';
import { PiapiTrouble } from '../piapi/errors';
import { isFinal, type Task } from '../piapi/task';
import { withWebhookConfig } from '../piapi/webhookConfig';
import { spendRemedy, spendRemedyForAll, type Reservation } from './budget';
import { create } from './create';
import { isOrdered, observe, type Generation } from './generation';
import type { Run } from './run';
import { withImageAddresses } from './upload';

/** Makes a task for every item that asks for a new one. No item waits for another one's video. */
export async function submit(generations: Generation[], run: Run): Promise<void> {
	if (run.failFast) demandRoom(generations, run);
	await Promise.all(generations.map(async (generation) => await submitOne(generation, run)));
}

/** The first item in trouble would end the run: then no video is paid that nobody would be handed. */
function demandRoom(generations: Generation[], { budget, clock }: Run): void {
	const bodies: CreateTaskBody[] = [];
	for (const generation of generations) {
		const { source } = generation.request;
		if ('taskId' in source || generation.trouble || isOrdered(generation)) continue;
		bodies.push(source.create);
		if (budget.allows(bodies)) continue;
		const remedy = spendRemedyForAll(budget, bodies);
		generation.trouble = new PiapiTrouble('spendLimit', { remedy });
		return clock.end();
	}
}

async function submitOne(generation: Generation, run: Run): Promise<void> {
	const { clock, gate, failFast } = run;
	const { source } = generation.request;
	if ('taskId' in source) {
		generation.taskId = source.taskId;
		return;
	}

	await gate.pass(async () => {
		if (clock.ended || generation.trouble || isOrdered(generation)) return;
		const body = withImageAddresses(source.create, generation);
		await order(generation, withWebhookConfig(body, run.endpoint), run);
		if (generation.trouble && failFast) clock.end();
	});
}

async function order(generation: Generation, body: CreateTaskBody, run: Run): Promise<void> {
	const { budget, clock, ledger } = run;
	const reservation = budget.reserve(body);
	if (!reservation) {
		generation.trouble = new PiapiTrouble('spendLimit', { remedy: spendRemedy(budget, body) });
		return;
	}

	const outcome = await create(generation, { body, priceUsd: reservation.priceUsd }, run);
	generation.beganAt = clock.now();
	if (outcome === undefined) return;
	if (outcome instanceof PiapiTrouble) {
		reservation.release();
		ledger.strike(generation.request);
		generation.trouble = outcome;
	} else {
		book(generation, outcome, reservation, run);
	}
}

/** Writes a task down as soon as it exists. One that failed at once costs nothing. */
function book(generation: Generation, task: Task, reservation: Reservation, run: Run): void {
	const { claims, clock, ledger } = run;
	const { taskId } = task;
	claims.add(taskId);
	observe(generation, task, clock.now());
	if (isFinal(task) && task.status !== 'completed') {
		reservation.release();
		ledger.write(generation.request, { taskId, costUsd: 0 });
		ledger.strike(generation.request);
	} else {
		ledger.write(generation.request, { taskId, costUsd: reservation.settle(task.costUsd) });
	}
}
