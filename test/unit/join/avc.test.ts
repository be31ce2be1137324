import { expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { avcOf } from '../../../nodes/Luma/mp4/avc';

/** What a sequence parameter set says, bit by bit (ITU-T H.264, 7.3.2.1.1). */
type Bits = string | false | Bits[];

const bits = (count: number, value: number) => value.toString(2).padStart(count, '0');
const flag = (value: boolean) => bits(1, Number(value));
/** Of variable length: as many zeros as there are digits behind the first one. */
const number = (value: number) => {
	const digits = (value + 1).toString(2);
	return digits.padStart(2 * digits.length - 1, '0');
};
const signed = (value: number) => number(value > 0 ? value * 2 - 1 : -value * 2);
/** Whether there is something, and what. */
const optional = <T>(value: T | null, write: (value: T) => Bits): Bits =>
	value === null ? '0' : ['1', write(value)];

/** Deltas of a scaling list; a list ends early where one leads to 0. */
const scaling = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 64, maxLength: 64 });
const sequence = fc.record({
	profile: fc.constantFrom(66, 77, 88, 100, 110, 122, 244),
	id: fc.integer({ min: 0, max: 31 }),
	sampling: fc.integer({ min: 0, max: 3 }),
	depth: fc.integer({ min: 8, max: 14 }),
	scaling: fc.option(fc.array(fc.option(scaling), { minLength: 12, maxLength: 12 })),
	order: fc.integer({ min: 0, max: 2 }),
	// Large ones begin with many zeros.
	offsets: fc.array(fc.integer({ min: -(2 ** 30), max: 2 ** 30 }), { maxLength: 5 }),
	side: fc.integer({ min: 0, max: 500 }),
	isInterlaced: fc.boolean(),
	isCropped: fc.boolean(),
	usability: fc.option(
		fc.record({
			shape: fc.option(fc.constantFrom(1, 14, 255)),
			overscan: fc.option(fc.boolean()),
			range: fc.option(fc.boolean()),
		}),
	),
});
type Sequence = typeof sequence extends fc.Arbitrary<infer T> ? T : never;

function listOf(deltas: number[], size: number): Bits {
	let next = 8;
	return deltas.slice(0, size).map((delta) => {
		if (next === 0) return false;
		next = (next + delta + 256) % 256;
		return signed(delta);
	});
}

function coloursOf({ sampling, depth, scaling: lists }: Sequence): Bits {
	const count = sampling === 3 ? 12 : 8;
	return [
		[number(sampling), sampling === 3 && flag(true), number(depth - 8), number(0), flag(false)],
		optional(lists, (all) =>
			all
				.slice(0, count)
				.map((list, i) => optional(list, (deltas) => listOf(deltas, i < 6 ? 16 : 64))),
		),
	];
}

function setOf(made: Sequence): Buffer {
	const { offsets, order, side, isInterlaced, isCropped } = made;
	const all: Bits[] = [
		[bits(8, 0x67), bits(8, made.profile), bits(16, 30), number(made.id)],
		made.profile >= 100 && coloursOf(made),
		[number(4), number(order), order === 0 && number(5)],
		order === 1 && [flag(true), signed(-7), signed(9), number(offsets.length)],
		order === 1 && offsets.map(signed),
		[number(3), flag(false), number(side), number(side)],
		[flag(!isInterlaced), isInterlaced && flag(true), flag(true)],
		optional(isCropped || null, () => [number(0), number(1), number(2), number(0)]),
		optional(made.usability, ({ shape, overscan, range }) => [
			optional(shape, (kind) => [bits(8, kind), kind === 255 && [bits(16, 4), bits(16, 3)]]),
			optional(overscan, flag),
			optional(range, (isFull) => [bits(3, 5), flag(isFull), flag(false)]),
		]),
	];
	const text = [...all, '1']
		.flat(Infinity as 1)
		.filter(Boolean)
		.join('');
	const bytes = (text.match(/.{1,8}/g) ?? []).map((byte) => parseInt(byte.padEnd(8, '0'), 2));
	// Two zeros in front of a small number would be taken for the start of a frame.
	const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
	return Buffer.from(hex.replace(/00 00(?= 0[0-3])/g, '00 00 03').replaceAll(' ', ''), 'hex');
}

const withLength = (set: Buffer) =>
	Buffer.concat([Buffer.from([set.length >> 8, set.length & 255]), set]);

it('reads depth, sampling and range of any sequence parameter set', () => {
	fc.assert(
		fc.property(sequence, (made) => {
			const [set, picture] = [withLength(setOf(made)), withLength(Buffer.from([0x68, 0xce]))];
			const head = Buffer.from([1, made.profile, 0, 30, 0xff, 0xe1]);
			const body = Buffer.concat([head, set, Buffer.from([1]), picture]);
			const isHigh = made.profile >= 100;
			const sampling = ['4:0:0', '4:2:0', '4:2:2', '4:4:4'][isHigh ? made.sampling : 1];
			const range = made.usability?.range ? 'full' : 'limited';
			const long = Buffer.alloc(2);
			expect(avcOf(body)).toEqual({
				colours: `${isHigh ? made.depth : 8} bit ${sampling} in ${range} range`,
				parameterSets: Buffer.concat([long, set, long, picture]),
			});
		}),
		{ numRuns: 500 },
	);
});
