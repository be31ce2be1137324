import { expect, it } from '@jest/globals';

import { RunClock } from '../../../nodes/Luma/generation/clock';
import type { Generation } from '../../../nodes/Luma/generation/generation';
import type { Run } from '../../../nodes/Luma/generation/run';
import { sleepUntil } from '../../../nodes/Luma/generation/suspend';
import { VirtualClock } from '../../../simulator';
import { creating } from './virtualRun';

const MINUTE_MS = 60_000;

function asleepSince(minutes: number, timeoutMinutes: number): Date {
	// A clock that is far from the computer's, as a process's own is after the clock was set.
	const clock = new RunClock(new VirtualClock());
	const wait = {
		timeoutMs: timeoutMinutes * MINUTE_MS,
		pollIntervalMs: 0,
		onTimeout: 'output',
	} as const;
	const generation: Generation = {
		request: { itemIndex: 0, ...creating('A scene'), wait, simplify: true },
		beganAt: clock.now() - minutes * MINUTE_MS,
		taskId: 'task-1',
	};
	const url = 'https://n8n.example.com/webhook-waiting/1/luma';
	const endpoint = { apiKey: 'key', resume: { url, executionId: '1' } };
	return sleepUntil([generation], { clock, endpoint } as Run)!;
}

it.each([
	['what is left of the time limit', 5, 15, 10],
	['at least two minutes, which n8n needs to notice', 14.5, 15, 2],
])("sleeps for %s, by the computer's own clock", (_, since, limit, left) => {
	const minutes = (asleepSince(since, limit).getTime() - Date.now()) / MINUTE_MS;
	expect(minutes).toBeCloseTo(left, 1);
});
