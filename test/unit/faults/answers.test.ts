import { expect, it } from '@jest/globals';
import fc from 'fast-check';

import { webAddress } from '../../../nodes/Luma/piapi/addresses';
import { PiapiError } from '../../../nodes/Luma/piapi/errors';
import type { PiapiResponse, Transport } from '../../../nodes/Luma/piapi/http';
import { fault, LOST } from '../../../support/faults';
import { virtualRun } from '../../../support/virtualTime/virtualRun';

const text = fc.oneof(
	fc.string(),
	fc.constantFrom('', ' ', '0', '-1', 'null', 'completed', 'Failed', 'x'.repeat(100_000)),
	fc.webUrl(),
	fc.constantFrom('javascript:alert(1)', 'ftp://host/a', 'https://', '//host/a.mp4', 'data:,x'),
);
const names = fc.constantFrom(
	...'code data message task_id taskId status input output meta error usage frozen consume'.split(
		' ',
	),
	...'video video_raw video_url url works generation created_at started_at total page'.split(' '),
	...'size key_frames task_type config __proto__ constructor prototype toString'.split(' '),
	...['valueOf', 'hasOwnProperty', 'then'],
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
	value: fc.oneof(
		{ maxDepth: 5, withCrossShrink: true },
		fc.oneof(
			fc.constantFrom(null, true, false, 0, -1, 1e308, -5e12, 200, 500),
			fc.double({ noNaN: true, noDefaultInfinity: true }),
			text,
			fc.constantFrom({ toString: 1, valueOf: 1 }, { then: 1 }, { length: -1 }),
		),
		fc.array(tie('value'), { maxLength: 4 }),
		// As it comes out of JSON: `__proto__` is a field like any other.
		fc
			.array(fc.tuple(names, tie('value')), { maxLength: 8 })
			.map((entries) => Object.fromEntries(entries)),
	),
}));

/** An envelope that looks like PiAPI's, with any value where something else is expected. */
const almost = fc
	.record({ status: fc.oneof(text, value), output: value, input: value, meta: value, error: value })
	.chain((task) => value.map((id) => ({ ...task, task_id: typeof id === 'string' ? id : 'c42f' })))
	.map((data) => ({ code: 200, data }));

const answer: fc.Arbitrary<PiapiResponse> = fc.record({
	status: fc.constantFrom(200, 200, 200, 201, 204, 302, 400, 404, 429, 500, 502),
	headers: fc.dictionary(
		fc.constantFrom('retry-after', 'date', 'content-type'),
		fc.oneof(text, fc.integer(), fc.constant(null)),
	),
	body: fc.oneof(value, almost, text),
});

/** Answers some calls with nonsense, and the others as the simulator does. */
function answeringWith(
	strange: PiapiResponse[],
	isAbout: (method: string, url: string) => boolean,
) {
	const left = [...strange];
	return (transport: Transport): Transport =>
		async (request) => {
			const next = isAbout(request.method, request.url) ? left.shift() : undefined;
			if (!next) return await transport(request);
			await transport(request);
			return JSON.parse(JSON.stringify(next)) as PiapiResponse;
		};
}

const CALLS: Array<[string, (method: string, url: string) => boolean]> = [
	['create', (method) => method === 'POST'],
	['read', (method, url) => method === 'GET' && url.includes('/task/')],
	['history', (_, url) => url.includes('histories')],
];

it.each(CALLS)(
	'takes any answer to a %s for what it is: no crash, no video without an address',
	async (call, isAbout) => {
		await fc.assert(
			fc.asyncProperty(fc.array(answer, { minLength: 1, maxLength: 4 }), async (strange) => {
				const { simulator, outcomes } = await virtualRun({
					faults: call === 'history' ? [fault('create', LOST)] : [],
					wait: { timeoutMs: 120_000 },
					through: answeringWith(strange, isAbout),
				});

				const [{ task, taskId, error, endedAt }] = outcomes;
				if (call !== 'create' && taskId) expect(simulator.tasks.has(taskId)).toBe(true);
				expect(simulator.tasks.size).toBeLessThanOrEqual(strange.length + 1);
				if (error) {
					expect(error).toBeInstanceOf(PiapiError);
					expect(error.remedy).toBeTruthy();
				} else {
					expect(endedAt).toBeDefined();
					expect(task?.status).toBe('completed');
					expect(webAddress(task?.videoUrl)).toBeDefined();
				}
			}),
			{ numRuns: 400 },
		);
	},
	60_000,
);
