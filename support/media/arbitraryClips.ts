import { array, boolean, constant, constantFrom, integer, record, uint8Array } from 'fast-check';
import type { Arbitrary } from 'fast-check';

import { box } from '../../nodes/Luma/mp4/boxes';
import { BASELINE, entryOf, HIGH, unit, type TestClip, type TestFrame } from './mp4File';

const DELIMITER = Buffer.from([0, 0, 0, 2, 9, 0xf0]);

/** None is longer or later than 20 seconds. */
const framesAt = (timescale: number): Arbitrary<TestFrame[]> =>
	array(
		record({
			content: uint8Array({ maxLength: 20 }),
			duration: integer({ min: 1, max: Math.min(20 * timescale, 3_000) }),
			delay: integer({ min: -5 * timescale, max: Math.min(20 * timescale, 3_000) }),
			isKey: boolean(),
			isDelimited: boolean(),
			entry: integer({ min: 0, max: 1 }),
		}),
		{ minLength: 1, maxLength: 12 },
	).map((list) =>
		list.map(({ content, isDelimited, ...frame }, i) => {
			// Every clip begins with a frame that needs no other.
			const isKey = frame.isKey || i === 0;
			const bytes = unit(isKey ? 0x65 : 0x41, content);
			return { ...frame, isKey, bytes: isDelimited ? Buffer.concat([DELIMITER, bytes]) : bytes };
		}),
	);

const TIMESCALES = [1, 24, 600, 1_000, 12_288, 12_800, 15_360, 30_000, 90_000, 999_983, 1_000_003];

/** As long as the other one, with another picture parameter set. */
const OTHER_BASELINE = BASELINE.replace('0fc8', '0fc9');

/** Settings of one encoder or of two; names of encoders and what is in `btrt` do not count. */
const entries = record({
	settings: constantFrom([BASELINE], [HIGH], [BASELINE, HIGH], [HIGH, OTHER_BASELINE]),
	rate: integer({ min: 0, max: 255 }),
	encoder: constantFrom('', 'any encoder'),
	place: integer({ min: 1, max: 2 }),
}).map(({ settings, rate, ...head }) =>
	settings.map((avcC) => entryOf({ ...head, avcC, more: [box('btrt', [0, rate, rate])] })),
);

/** Any clip, however its file is written. */
export const clip: Arbitrary<TestClip> = constantFrom(...TIMESCALES)
	.chain((timescale) =>
		record({
			timescale: constant(timescale),
			entries,
			frames: framesAt(timescale),
			framesPerChunk: integer({ min: 1, max: 5 }),
			filler: uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes)),
			isLong: boolean(),
		}),
	)
	.map((made) => ({
		...made,
		frames: made.frames.map((frame) => ({ ...frame, entry: frame.entry % made.entries.length })),
	}));
