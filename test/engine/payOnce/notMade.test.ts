import { expect, it } from '@jest/globals';

import { openService, runOnce } from '../../../support/engine/runOnce';
import { useQuickTime } from '../../../support/engine/quickTime';
import { answer, fault } from '../../../support/faults';

// The pauses between the attempts at a create pass in no time.
useQuickTime();

it('an https address of a host that speaks http: nothing was created, and nothing is searched for', async () => {
	const { execute, url, simulator } = await openService();
	const https = url.replace('http:', 'https:');
	const { error } = await execute({}, { credential: { baseUrl: https, uploadBaseUrl: https } });

	expect(error?.message).toBe('PiAPI could not be reached');
	expect(error?.description).toContain('nothing was charged');
	expect(simulator.calls).toEqual([]);
});

it('a task that failed before it had an id: nothing was created, and nothing is searched for', async () => {
	const data = { task_id: '', status: 'failed', error: { code: 1, message: 'no GPU left' } };
	const faults = [fault('create', answer(200, { code: 200, data, message: 'success' }))];
	const { error, count } = await runOnce({}, { service: { faults } });

	expect(error?.message).toBe('Luma could not make this video');
	expect(error?.description).toContain('no GPU left');
	expect(count('create')).toBe(1);
	expect(count('history')).toBe(0);
});
