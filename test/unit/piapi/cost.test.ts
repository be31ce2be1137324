import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { kindOf } from '../../../nodes/Luma/jobs/spending/price';
import { readTask, type TaskStatus } from '../../../nodes/Luma/piapi/task';
import { rowsOf } from '../../../support/taskRows';

const ID = 'c42f6ec7';

/** In the task, and in rows of the list with the same object. */
async function costs(status: unknown, usage: object) {
	const rows = await rowsOf({
		data: [
			{ task_id: ID, status, usage },
			{ taskId: '2', status, usage },
		],
	});
	const task = readTask({ task_id: ID, status, meta: { usage } });
	return [task, ...rows].map((read) => read!.costUsd);
}

/** In a row of the list that has the amount alone. */
async function rowCost(status: unknown, usage: unknown, type?: unknown) {
	const [row] = await rowsOf({ data: [{ task_id: ID, status, usage, usage_type: type }] });
	return row.costUsd;
}

describe('what a task costs', () => {
	it.each([
		['completed', { type: 'point', frozen: 0, consume: 2_000_000 }, 0.2],
		['processing', { type: 'llm', frozen: 0, consume: 4_000_000 }, 0.4],
		['completed', { frozen: 2_000_000, consume: 4_000_000 }, 0.4],
		['completed', { frozen: '2000000', consume: null }, 0.2],
		['pending', { frozen: 2_000_000, consume: 0 }, 0.2],
		['Failed', { frozen: 2_000_000, consume: 0 }, 0],
		['completed', { type: 'luma_quota', frozen: 30, consume: 30 }, null],
		['failed', { type: 'luma_quota', frozen: 30, consume: 30 }, 0],
	])('is read from %s with %j as %j', async (status, usage, usd) => {
		expect(await costs(status, usage)).toEqual([usd, usd, usd]);
	});

	it.each([
		['Completed', '2000000', 0.2],
		['pending', 4_000_000, 0.4],
		['failed', 2_000_000, 0],
		['cancelled', 2_000_000, 0],
		['archived', 2_000_000, 0.2],
		['completed', undefined, null],
		['completed', 'none', null],
	])('is read from a row %s with the amount %j alone as %j', async (status, usage, usd) => {
		expect(await rowCost(status, usage)).toBe(usd);
	});

	it('is known in known units only, never negative or absurd, and nothing without a video', async () => {
		const statuses: TaskStatus[] = ['pending', 'processing', 'completed', 'failed', 'cancelled'];
		const amount = fc.oneof(
			fc.constantFrom<unknown>(null, undefined, '', 'NaN', 'x', -1, 1e300, '-3', true, [], {}),
			fc.integer({ min: -1e12, max: 1e12 }),
			fc.double(),
		);
		const type = fc.constantFrom<unknown>(
			...[undefined, 'point', 'llm', 'luma_quota', 'credit', 'USD', 7, {}],
		);
		const usages = fc.record({ type, frozen: amount, consume: amount });
		await fc.assert(
			fc.asyncProperty(fc.constantFrom(...statuses), usages, async (status, usage) => {
				const alone = await rowCost(status, usage.consume, usage.type);
				for (const cost of [...(await costs(status, usage)), alone]) {
					const isFree = status === 'failed' || status === 'cancelled';
					const isKnown = [undefined, 'point', 'llm'].includes(usage.type as string);
					if (isFree) expect(cost).toBe(0);
					else if (!isKnown) expect(cost).toBeNull();
					else if (cost !== null) expect(cost >= 0 && cost <= 100).toBe(true);
				}
			}),
			{ numRuns: 2_000 },
		);
	});
});

it('the kind of price is the same only where all but prompt, seed and which images is the same', () => {
	const free = { prompt: 'a', seed: 1, start_image: 'a', end_image: 'a', key_frames: {} };
	const field = fc.constantFrom('model', 'duration', 'resolution', 'loop', ...Object.keys(free));
	const input = fc.dictionary(field, fc.constantFrom<unknown>(1, 'x', true));
	const kind = (fields: object) =>
		kindOf({ model: 'luma', task_type: 'video_generation', input: { ...fields } });
	const priced = (fields: object) => {
		const images = Object.keys(fields).filter((key) => key.endsWith('_image')).length;
		const others = Object.entries(fields).filter(([key]) => !(key in free));
		return JSON.stringify([images, others.sort()]);
	};
	fc.assert(
		fc.property(input, input, (one, other) => {
			expect(kind(one) === kind(other)).toBe(priced(one) === priced(other));
		}),
		{ numRuns: 1_000 },
	);
});
