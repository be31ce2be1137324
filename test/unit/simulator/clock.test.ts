/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { readFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { VirtualClock } from '../../../simulator';

it('jumps to the earliest timer, whichever was set first', async () => {
	const clock = new VirtualClock(1000);
	const fired: Array<[string, number]> = [];
	const sleep = async (name: string, milliseconds: number) => {
		await clock.sleep(milliseconds);
		fired.push([name, clock.now()]);
	};
	await clock.run(async () => {
		await Promise.all([sleep('late', 3_600_000), sleep('early', 5), sleep('also early', 5)]);
	});
	expect(fired).toEqual([
		['early', 1005],
		['also early', 1005],
		['late', 3_601_000],
	]);
});

it('does not move while work or a file is pending', async () => {
	const clock = new VirtualClock(0);
	await clock.run(async () => {
		void clock.sleep(1000);
		for (let turn = 0; turn < 5; turn++) {
			await new Promise((resolve) => setImmediate(resolve));
			await readFile(__filename);
		}
		expect(clock.now()).toBe(0);
	});
});

it('runs beside another one', async () => {
	const clocks = [new VirtualClock(0), new VirtualClock(0)];
	const runs = clocks.map(async (clock) => await clock.run(async () => await clock.sleep(1000)));
	await Promise.all(runs);
	expect(clocks.map((clock) => clock.now())).toEqual([1000, 1000]);
});

it('rejects work that waits for something that never comes', async () => {
	const work = async () => await new Promise(() => undefined);
	await expect(new VirtualClock().run(work)).rejects.toThrow('The virtual clock is stuck');
});
