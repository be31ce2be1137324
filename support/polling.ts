import type { Simulator } from '../simulator';
import { until } from './eventually';

/** Poll Times of a polling trigger. n8n rejects one with an asterisk for the seconds, and allows this one. */
export const EVERY_TWO_SECONDS = { item: [{ mode: 'custom', cronExpression: '0-58/2 * * * * *' }] };

/** Waits until n8n has asked for the task list so many times more. */
export async function untilPolledAgain(simulator: Simulator, times = 2): Promise<void> {
	const polls = () => simulator.calls.filter(({ route }) => route === 'history').length;
	const before = polls();
	await until('n8n polls again', () => polls() >= before + times);
}
