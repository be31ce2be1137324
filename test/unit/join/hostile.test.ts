/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { expect, it } from '@jest/globals';
import {
	array,
	assert,
	asyncProperty,
	constantFrom,
	integer,
	oneof,
	record,
	tuple,
} from 'fast-check';
import { readFileSync } from 'node:fs';

import { ClipError } from '../../../nodes/Luma/mp4/boxes';
import { joinBytes } from '../../../support/media/clips';
import { fileOf } from '../../../support/media/mp4File';
import { clip, layout } from '../../../support/media/arbitraryClips';

const SAMPLE = readFileSync('simulator/media/16x9.mp4');

/** A message, or a film: nothing else. */
async function outcomeOf(file: Buffer): Promise<'film' | 'message'> {
	for (const clips of [[file], [file, file]]) {
		const joined = joinBytes(clips, { leaveOutSound: true });
		const outcome = await joined.catch((error: unknown) => error);
		if (outcome instanceof ClipError) return 'message';
		expect(outcome).not.toBeInstanceOf(Error);
		const { bytes, sizeBytes } = await joined;
		expect(bytes.length).toBe(sizeBytes);
	}
	return 'film';
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

it('ends in a message or a film, whatever stands in the file', async () => {
	await assert(
		asyncProperty(tuple(clip, layout), changes, async ([made, how], list) => {
			const file = fileOf(made, how);
			for (const { place, number } of list) file.writeUInt32BE(number, place % (file.length - 3));
			await outcomeOf(file);
		}),
		{ numRuns: 2_000 },
	);
});

it('ends in a message or a film, whatever stands in the header of a real clip', async () => {
	const headerBytes = SAMPLE.indexOf('mdat');
	await assert(
		asyncProperty(changes, async (list) => {
			const file = Buffer.from(SAMPLE);
			for (const { place, number } of list) file.writeUInt32BE(number, place % headerBytes);
			await outcomeOf(file);
		}),
		{ numRuns: 2_000 },
	);
});

it('tells of every file that is cut short', async () => {
	const headerLast = fileOf({
		timescale: 24,
		entries: [SAMPLE.subarray(SAMPLE.indexOf('avc1') - 4, SAMPLE.indexOf('stts') - 4)],
		frames: [{ bytes: SAMPLE.subarray(0, 100), duration: 1, delay: 0, isKey: true, entry: 0 }],
	});
	for (const file of [SAMPLE, headerLast]) {
		for (let length = 0; length < file.length - 7; length++) {
			expect(await outcomeOf(file.subarray(0, length))).toBe('message');
		}
	}
});
