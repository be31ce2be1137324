import type { CreateTaskBody, PiapiClient } from '../piapi/client';
import { orTrouble, PiapiTrouble, provesNothingWasMade } from '../piapi/errors';
import type { Task } from '../piapi/task';
import type { RunClock } from './clock';
import type { Gate } from './gate';
import { observe, type Generation } from './generation';

/** What the steps of the pipeline share during one run of the node. */
export interface Run {
	client: PiapiClient;
	clock: RunClock;
	/** Limits how many requests are under way at once. */
	gate: Gate;
	/** Whether the first item in trouble ends the run (Continue On Fail is off). */
	failFast: boolean;
}

/** Makes a task for every item that asks for a new one. No item waits for another one's video. */
export async function submit(generations: Generation[], run: Run): Promise<void> {
	await Promise.all(generations.map(async (generation) => await submitOne(generation, run)));
}

async function submitOne(generation: Generation, { client, clock, gate, failFast }: Run) {
	const { source } = generation.request;
	if ('taskId' in source) {
		generation.taskId = source.taskId;
		return;
	}

	await gate.pass(async () => {
		if (clock.ended) return;
		const made = await create(source.create, client, clock);
		generation.beganAt = clock.now();
		if (made instanceof PiapiTrouble) generation.trouble = made;
		else observe(generation, made, generation.beganAt);
		if (generation.trouble && failFast) clock.end();
	});
}

const ATTEMPTS = 6;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Makes one task. Only an answer that proves nothing was made is followed by another attempt:
 * PiAPI has no idempotency key, so a second create after a lost answer would be paid twice.
 */
async function create(
	body: CreateTaskBody,
	client: PiapiClient,
	clock: RunClock,
): Promise<Task | PiapiTrouble> {
	for (let attempt = 1; ; attempt++) {
		const made = await orTrouble(client.createTask(body));
		if (!(made instanceof PiapiTrouble)) return made;
		if (!provesNothingWasMade(made)) return new PiapiTrouble('mayHaveBeenMade', made.facts);
		if (made.kind !== 'tooManyRequests' && made.kind !== 'unreachable') return made;
		if (attempt === ATTEMPTS || clock.ended) return made;
		await clock.sleep(pauseBefore(attempt, made.facts.retryAfterMs));
	}
}

/** As long as PiAPI asks for, or doubled each time, with a random part so that items do not return as one crowd. */
function pauseBefore(attempt: number, askedForMs?: number): number {
	const pauseMs = askedForMs ?? FIRST_PAUSE_MS * 2 ** (attempt - 1);
	return Math.min(pauseMs, LONGEST_PAUSE_MS) * (1 + Math.random() / 4);
}
