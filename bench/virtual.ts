/** The only file of the benchmark that knows the pipeline's internals. */
import type { SimulatorOptions } from '../simulator';
import { virtualRun } from '../support/virtualTime/virtualRun';
import { outcomeOf, UNLIMITED, type Outcome } from './outcome';

/** Wait Here: the node's pipeline in virtual time, in a process that has made no videos before. */
export async function waitHere(items: number, service: SimulatorOptions): Promise<Outcome> {
	const { simulator, clock, jobs } = await virtualRun({
		service: { ...UNLIMITED, ...service },
		requests: Array.from({ length: items }, () => ({})),
	});
	const deliveredAt = jobs.map((job) => job.in('succeeded')?.endedAt);
	return outcomeOf(simulator, deliveredAt, clock.now());
}
