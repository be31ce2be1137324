import { array, boolean, constant, constantFrom, integer, record, uint8Array } from 'fast-check';
import type { Arbitrary } from 'fast-check';

import { BASELINE, entryOf, HIGH, OTHER_BASELINE, part } from './mp4File';
import type { Layout, TestClip, TestFrame } from './mp4File';

const DELIMITER = Buffer.from([0, 0, 0, 2, 9, 0xf0]);

/** A unit of a frame: its length, its type and anything. */
export function unit(type: number, content: Uint8Array): Buffer {
	const head = Buffer.from([0, 0, 0, 0, type]);
	head.writeUInt32BE(1 + content.length);
	return Buffer.concat([head, content]);
}

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

/** Settings of one encoder or of two; names of encoders and what is in `btrt` do not count. */
const entries = record({
	settings: constantFrom([BASELINE], [HIGH], [BASELINE, HIGH], [HIGH, OTHER_BASELINE]),
	rate: integer({ min: 0, max: 255 }),
	encoder: constantFrom('', 'any encoder'),
	place: integer({ min: 1, max: 2 }),
}).map(({ settings, rate, ...head }) =>
	settings.map((avcC) => entryOf({ ...head, avcC, more: [part('btrt', Buffer.alloc(12, rate))] })),
);

export const clip: Arbitrary<TestClip> = constantFrom(...TIMESCALES)
	.chain((timescale) =>
		record({ timescale: constant(timescale), entries, frames: framesAt(timescale) }),
	)
	.map((made) => ({
		...made,
		frames: made.frames.map((frame) => ({ ...frame, entry: frame.entry % made.entries.length })),
	}));

export const layout: Arbitrary<Layout> = record({
	framesPerChunk: array(integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }),
	hasManyDataParts: boolean(),
	hasLongSizes: boolean(),
	hasLongOffsets: boolean(),
	isHeaderFirst: boolean(),
	hasLongTables: boolean(),
	hasLongTimes: boolean(),
	filler: uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes)),
});
