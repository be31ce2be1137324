import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { systemClock } from '../../../nodes/Luma/runtime/clock';
import { runLuma } from '../../../support/engine/engine';
import { count, PROMPT, startService } from '../../../support/engine/service';

const QUICKER = 200;

// The pauses between the attempts at a create pass in no time.
const { now, sleep } = systemClock;
beforeAll(() => {
	const begin = now();
	systemClock.now = () => begin + (now() - begin) * QUICKER;
	systemClock.sleep = async (milliseconds) => await sleep(milliseconds / QUICKER);
});
afterAll(() => void Object.assign(systemClock, { now, sleep }));

it('an https address of a host that speaks http: nothing was created, and nothing is searched for', async () => {
	const { simulator, url } = await startService();
	const { error } = await runLuma({
		url: url.replace('http:', 'https:'),
		parameters: { prompt: PROMPT },
	});

	expect(error?.message).toBe('PiAPI could not be reached');
	expect(error?.description).toContain('nothing was charged');
	expect(simulator.calls).toEqual([]);
});

it('a task that failed before it had an id: nothing was created, and nothing is searched for', async () => {
	const body = {
		code: 200,
		data: { task_id: '', status: 'failed', error: { code: 1, message: 'no GPU left' } },
		message: 'success',
	};
	const { simulator, url } = await startService({
		faults: [{ route: 'create', effect: { kind: 'answer', status: 200, body } }],
	});
	const { error } = await runLuma({ url, parameters: { prompt: PROMPT } });

	expect(error?.message).toBe('Luma could not make this video');
	expect(error?.description).toContain('no GPU left');
	expect(count(simulator, 'create')).toBe(1);
	expect(count(simulator, 'history')).toBe(0);
});
