import { beforeEach } from '@jest/globals';

import type { Route, Simulator } from '../../simulator';

/** The simulator of a file keeps its log from test to test, without faults; each looks at what is new. */
export function newInTest(simulator: () => Simulator) {
	let tasksBefore = 0;
	let callsBefore = 0;
	beforeEach(() => {
		simulator().clearFaults();
		tasksBefore = simulator().tasks.size;
		callsBefore = simulator().calls.length;
	});
	return {
		newTasks: () => [...simulator().tasks.values()].slice(tasksBefore),
		newCalls: (route?: Route) => {
			const calls = simulator().calls.slice(callsBefore);
			return route ? calls.filter((call) => call.route === route) : calls;
		},
	};
}
