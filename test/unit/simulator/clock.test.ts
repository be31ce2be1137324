/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { readFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { VirtualClock } from '../../../simulator';

it('does not move while a file is read', async () => {
	const clock = new VirtualClock(0);
	await clock.run(async () => {
		void clock.sleep(1000);
		for (let turn = 0; turn < 5; turn++) await readFile(__filename);
		expect(clock.now()).toBe(0);
	});
});

it('rejects work that waits for something that never comes', async () => {
	const work = async () => await new Promise(() => undefined);
	await expect(new VirtualClock().run(work)).rejects.toThrow('The virtual clock is stuck');
});
