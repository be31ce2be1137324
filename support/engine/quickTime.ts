import { afterAll, beforeAll } from '@jest/globals';

import { systemClock } from '../../nodes/Luma/runtime/clock';

const QUICKER = 200;

/** In the tests of this file the node's time flies, so that a search of minutes takes no time. */
export function useQuickTime(): void {
	const { now, sleep } = systemClock;
	beforeAll(() => {
		const begin = now();
		systemClock.now = () => begin + (now() - begin) * QUICKER;
		systemClock.sleep = async (milliseconds) => await sleep(milliseconds / QUICKER);
	});
	afterAll(() => void Object.assign(systemClock, { now, sleep }));
}
