/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { afterEach } from '@jest/globals';
import { setTimeout } from 'node:timers/promises';

import { systemClock } from '../../nodes/Luma/runtime/clock';
import { serve, Simulator, type SimulatorOptions } from '../../simulator';

// What a run leaves asleep, such as the time limit of a look that has ended, does not keep jest from ending.
systemClock.sleep = async (milliseconds) =>
	await setTimeout(milliseconds, undefined, { ref: false });

const open: Array<{ close(): Promise<void> }> = [];

afterEach(async () => {
	await Promise.all(open.splice(0).map(async (service) => await service.close()));
});

/** A PiAPI for one test, whose tasks start at once and end when the test says so; it is gone after the test. */
export async function startService(options: SimulatorOptions = {}) {
	const simulator = new Simulator({ renderSeconds: Infinity, queueSeconds: 0, ...options });
	const service = await serve(simulator);
	open.push(service);
	return { simulator, url: service.url };
}

/** How often a route was called. */
export function count(simulator: Simulator, route: Simulator['calls'][number]['route']): number {
	return simulator.calls.filter((call) => call.route === route).length;
}

/** `options` of the node that read often, so that a test takes as long as the simulated video. */
export const FAST_POLLING = { pollIntervalSeconds: 0.1 };

export const PROMPT = 'A red fox is trotting along a snowy ridge at dawn';
