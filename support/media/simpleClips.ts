import { entryOf, fileOf, part, partsOf } from './mp4File';
import type { TestClip, TestFrame } from './mp4File';
import { unit } from './arbitraryClips';

/** Frames of one clip, a second each. */
export const simpleFrames = (count: number, frame: Partial<TestFrame> = {}): TestFrame[] =>
	Array.from({ length: count }, (_, i) => ({
		bytes: unit(i === 0 ? 0x65 : 0x41, Buffer.from([i])),
		duration: 1,
		delay: 0,
		isKey: i === 0,
		entry: 0,
		...frame,
	}));

export const simple = (change: Partial<TestClip> = {}): TestClip => ({
	timescale: 1,
	frames: simpleFrames(3),
	entries: [entryOf()],
	...change,
});

export function turnedBy90(file: Buffer): Buffer {
	const at = file.indexOf('tkhd') + 4 + 40;
	for (const [i, number] of [0, 0x10000, 0, -0x10000, 0].entries()) {
		file.writeInt32BE(number, at + i * 4);
	}
	return file;
}

/** With one more track, of which only the kind is said. */
export function withTrack(kind: string): Buffer {
	const track = part('trak', part('mdia', part('hdlr', Buffer.alloc(8), Buffer.from(`${kind}\0`))));
	return Buffer.concat(
		partsOf(fileOf(simple())).map(({ type, body }) =>
			type === 'moov' ? part(type, body, track) : part(type, body),
		),
	);
}
