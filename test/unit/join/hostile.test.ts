/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { expect, it } from '@jest/globals';
import { array, assert, constantFrom, integer, oneof, property, record } from 'fast-check';
import { readFileSync } from 'node:fs';

import { ClipError } from '../../../nodes/Luma/mp4/boxes';
import { joinClips } from '../../../nodes/Luma/mp4/join';
import { clip } from '../../../support/media/arbitraryClips';
import { fileOf, simple } from '../../../support/media/mp4File';

const SAMPLE = readFileSync('simulator/media/16x9.mp4');

/** A message, or a film: nothing else. */
function outcomeOf(file: Buffer): 'film' | 'message' {
	try {
		for (const clips of [[file], [file, file]]) {
			const { pieces, sizeBytes } = joinClips(clips, { leaveOutSound: true });
			expect(Buffer.concat(pieces).length).toBe(sizeBytes);
		}
		return 'film';
	} catch (error) {
		expect(error).toBeInstanceOf(ClipError);
		return 'message';
	}
}

const strange = oneof(
	constantFrom(0, 1, 2, 7, 8, 2 ** 16, 2 ** 24, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1),
	integer({ min: 0, max: 2 ** 32 - 1 }),
	integer({ min: 0, max: 300 }),
);

const changes = array(record({ place: integer({ min: 0, max: 2 ** 30 }), number: strange }), {
	minLength: 1,
	maxLength: 4,
});

const anyFile = clip.map(fileOf).map((file) => ({ file, end: file.length - 3 }));
/** Of a real clip the header, which comes first. */
const sample = constantFrom({ file: SAMPLE, end: SAMPLE.indexOf('mdat') });

it.each([
	['a file', anyFile],
	['the header of a real clip', sample],
])('ends in a message or a film, whatever stands in %s', (_, files) => {
	assert(
		property(files, changes, ({ file, end }, list) => {
			const changed = Buffer.from(file);
			for (const { place, number } of list) changed.writeUInt32BE(number, place % end);
			outcomeOf(changed);
		}),
		{ numRuns: 2_000 },
	);
});

it.each([
	['with its header first', SAMPLE],
	['with its header last', simple()],
])('tells of a file that is cut short, %s', (_, file) => {
	for (let length = 0; length < file.length - 7; length++) {
		expect(outcomeOf(file.subarray(0, length))).toBe('message');
	}
});
