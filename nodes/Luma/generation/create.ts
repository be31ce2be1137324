import type { CreateTaskBody } from '../piapi/client';
import { orTrouble, PiapiTrouble, provesNothingWasMade, type TroubleKind } from '../piapi/errors';
import type { Task } from '../piapi/task';
import type { Generation } from './generation';
import type { Order } from './order';
import type { Run } from './run';

/** What is worth another attempt. A wrong Base URL should not take a minute to be told. */
const ATTEMPTS: Partial<Record<TroubleKind, number>> = { tooManyRequests: 6, unreachable: 3 };
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 60_000;
/** Pauses that would end later than this are not begun. */
const LONGEST_MS = 5 * 60_000;
/** A create is given up after that long. */
const LATEST_MS = 60_000;
/**
 * A request that has not reached PiAPI when its connection ends never will, and a proxy that holds one
 * answers for it at the end: then PiAPI only has to finish what it has begun.
 */
const FINISHING_MS = 5_000;

/** What is to be made, and what it will cost. */
export interface Offer {
	body: CreateTaskBody;
	priceUsd: number;
}

/**
 * Makes one task. Only an answer that proves nothing was made is followed by another attempt:
 * PiAPI has no idempotency key, so a second create after a lost answer would be paid twice.
 *
 * @returns trouble when there is no task for certain; undefined when that is not known, and then the
 * order is written down
 */
export async function create(
	generation: Generation,
	{ body, priceUsd }: Offer,
	run: Run,
): Promise<Task | PiapiTrouble | undefined> {
	const { claims, client, clock, leftOver, ledger } = run;
	const giveUpAt = clock.now() + LONGEST_MS;
	for (let attempt = 1; ; attempt++) {
		const sent = orderOf(body, clock.now(), clock.now() + LATEST_MS);
		ledger.write(generation.request, { order: sent, costUsd: priceUsd });
		const answer = orTrouble(client.createTask(body));
		claims.hold(sent, answer);
		const made = await clock.unlessStopped(answer);
		if (made === undefined) {
			leftOver.push({ generation, answer });
			return undefined;
		}
		if (!(made instanceof PiapiTrouble)) return made;
		if (!provesNothingWasMade(made)) {
			const order = { ...orderOf(body, sent.from, clock.now()), taskId: made.facts.taskId };
			ledger.write(generation.request, { order, costUsd: priceUsd });
			return await confirmed(generation, order, made, run);
		}

		const pauseMs = pauseBefore(attempt, made.facts.retryAfterMs);
		const isLast = attempt >= (ATTEMPTS[made.kind] ?? 1);
		if (isLast || clock.now() + pauseMs > giveUpAt) return made;
		await clock.sleep(pauseMs);
		if (clock.ended) return made;
	}
}

function orderOf({ task_type, input }: CreateTaskBody, from: number, to: number): Order {
	return { ordered: { task_type, input }, from, to: to + FINISHING_MS, clock: 'n8n' };
}

/** An answer in trouble can name its task all the same; else the order is left to be reconciled. */
async function confirmed(
	generation: Generation,
	sent: Order,
	unanswered: PiapiTrouble,
	{ client, clock }: Run,
): Promise<Task | undefined> {
	const { taskId } = sent;
	const task = taskId && (await clock.unlessStopped(orTrouble(client.readTask(taskId))));
	if (task && !(task instanceof PiapiTrouble)) return task;
	generation.order = sent;
	generation.unanswered = unanswered;
	return undefined;
}

/** As long as PiAPI asks for, or doubled each time, with a random part so that items do not return as one crowd. */
function pauseBefore(attempt: number, askedForMs?: number): number {
	const pauseMs = askedForMs ?? Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS);
	return pauseMs * (1 + Math.random() / 4);
}
