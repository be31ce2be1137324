import type { Simulator } from '../simulator';
import { until } from './eventually';

/**
 * Poll Times of a polling trigger: a custom time for every second one of the seconds. n8n 2.41 allows no
 * range of seconds in one of them, the others no asterisk.
 */
export const EVERY_TWO_SECONDS = {
	item: Array.from({ length: 30 }, (_, i) => ({
		mode: 'custom',
		cronExpression: `${2 * i} * * * * *`,
	})),
};

/** Waits until n8n has asked for the task list so many times more. */
export async function untilPolledAgain(simulator: Simulator, times = 2): Promise<void> {
	const polls = () => simulator.calls.filter(({ route }) => route === 'history').length;
	const before = polls();
	await until('n8n polls again', () => polls() >= before + times);
}
