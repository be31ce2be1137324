/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { systemClock, VirtualClock } from '../../../simulator';

describe('VirtualClock', () => {
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

	it('does not move while work is pending', async () => {
		const clock = new VirtualClock(0);
		let hasFired = false;
		await clock.run(async () => {
			void clock.sleep(1).then(() => (hasFired = true));
			for (let turn = 0; turn < 5; turn++) {
				await Promise.resolve();
				await new Promise((resolve) => setImmediate(resolve));
			}
			expect(hasFired).toBe(false);
			await clock.sleep(1);
		});
		expect(hasFired).toBe(true);
	});

	it('waits for files', async () => {
		const clock = new VirtualClock(0);
		await clock.run(async () => {
			void clock.sleep(1000);
			for (let read = 0; read < 10; read++) await readFile(__filename);
			expect(clock.now()).toBe(0);
		});
	});

	it('runs beside another one', async () => {
		const clocks = [new VirtualClock(0), new VirtualClock(0)];
		await Promise.all(
			clocks.map(async (clock) => await clock.run(async () => await clock.sleep(1000))),
		);
		expect(clocks.map((clock) => clock.now())).toEqual([1000, 1000]);
	});

	it('rejects when no timer is pending and the work is not done', async () => {
		const clock = new VirtualClock();
		await expect(clock.run(async () => await new Promise(() => undefined))).rejects.toThrow(
			'The virtual clock is stuck',
		);
	});

	it('returns what the work throws and what it returns', async () => {
		const clock = new VirtualClock();
		await expect(clock.run(async () => await Promise.reject(new Error('mine')))).rejects.toThrow(
			'mine',
		);
		await expect(clock.run(async () => await Promise.resolve(7))).resolves.toBe(7);
	});
});

describe('systemClock', () => {
	it('sleeps for about as long as asked', async () => {
		const start = systemClock.now();
		const keepAlive = setTimeout(() => undefined, 1000);
		await systemClock.sleep(20);
		clearTimeout(keepAlive);
		expect(systemClock.now() - start).toBeGreaterThanOrEqual(19);
	});
});
