import { expect, it } from '@jest/globals';
import {
	array,
	assert,
	boolean,
	constantFrom,
	integer,
	option,
	property,
	record,
} from 'fast-check';

import { avcOf } from '../../../nodes/Luma/mp4/avc';

/** Writes what a sequence parameter set says, bit by bit (ITU-T H.264, 7.3.2.1.1). */
class BitWriter {
	private text = '';

	bits(count: number, value: number): this {
		this.text += value.toString(2).padStart(count, '0');
		return this;
	}

	flag(value: boolean): this {
		return this.bits(1, Number(value));
	}

	/** Of variable length: as many zeros as there are digits behind the first one. */
	number(value: number): this {
		const digits = (value + 1).toString(2);
		this.text += '0'.repeat(digits.length - 1) + digits;
		return this;
	}

	signed(value: number): this {
		return this.number(value > 0 ? value * 2 - 1 : -value * 2);
	}

	bytes(): Buffer {
		const all = `${this.text}1`;
		const padded = all.padEnd(Math.ceil(all.length / 8) * 8, '0');
		return Buffer.from((padded.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
	}
}

/** Two zeros in front of a small number would be taken for the start of a frame. */
function escaped(bytes: Buffer): Buffer {
	const result: number[] = [];
	let zeros = 0;
	for (const byte of bytes) {
		if (zeros >= 2 && byte <= 3) {
			result.push(3);
			zeros = 0;
		}
		result.push(byte);
		zeros = byte === 0 ? zeros + 1 : 0;
	}
	return Buffer.from(result);
}

/** Deltas of a scaling list; a list ends early where one leads to 0. */
const scaling = option(array(integer({ min: -20, max: 20 }), { minLength: 64, maxLength: 64 }));

const sequence = record({
	profile: constantFrom(66, 77, 88, 100, 110, 122, 244),
	number: integer({ min: 0, max: 31 }),
	sampling: integer({ min: 0, max: 3 }),
	depth: integer({ min: 8, max: 14 }),
	scaling: option(array(scaling, { minLength: 12, maxLength: 12 })),
	order: integer({ min: 0, max: 2 }),
	// Large ones begin with many zeros.
	offsets: array(integer({ min: -(2 ** 30), max: 2 ** 30 }), { maxLength: 5 }),
	side: integer({ min: 0, max: 500 }),
	isInterlaced: boolean(),
	isCropped: boolean(),
	usability: option(
		record({
			shape: option(constantFrom(1, 14, 255)),
			overscan: option(boolean()),
			range: option(boolean()),
		}),
	),
});
type Sequence = typeof sequence extends import('fast-check').Arbitrary<infer T> ? T : never;

function writeScaling(writer: BitWriter, list: number[] | null, size: number): void {
	writer.flag(list !== null);
	let next = 8;
	for (let i = 0; list && i < size && next !== 0; i++) {
		writer.signed(list[i]);
		next = (next + list[i] + 256) % 256;
	}
}

function setOf(made: Sequence): Buffer {
	const writer = new BitWriter()
		.bits(8, 0x67)
		.bits(8, made.profile)
		.bits(16, 30)
		.number(made.number);
	if (made.profile >= 100) {
		writer.number(made.sampling);
		if (made.sampling === 3) writer.flag(true);
		writer
			.number(made.depth - 8)
			.number(0)
			.flag(false)
			.flag(made.scaling !== null);
		const lists = made.scaling?.slice(0, made.sampling === 3 ? 12 : 8) ?? [];
		for (const [i, list] of lists.entries()) writeScaling(writer, list, i < 6 ? 16 : 64);
	}
	writer.number(4).number(made.order);
	if (made.order === 0) writer.number(5);
	if (made.order === 1) {
		writer.flag(true).signed(-7).signed(9).number(made.offsets.length);
		for (const offset of made.offsets) writer.signed(offset);
	}
	writer.number(3).flag(false).number(made.side).number(made.side).flag(!made.isInterlaced);
	if (made.isInterlaced) writer.flag(true);
	writer.flag(true).flag(made.isCropped);
	if (made.isCropped) writer.number(0).number(1).number(2).number(0);
	writer.flag(made.usability !== null);
	if (!made.usability) return escaped(writer.bytes());

	const { shape, overscan, range } = made.usability;
	writer.flag(shape !== null);
	if (shape !== null) writer.bits(8, shape);
	if (shape === 255) writer.bits(16, 4).bits(16, 3);
	writer.flag(overscan !== null);
	if (overscan !== null) writer.flag(overscan);
	writer.flag(range !== null);
	if (range !== null) writer.bits(3, 5).flag(range).flag(false);
	return escaped(writer.bytes());
}

const withLength = (set: Buffer) =>
	Buffer.concat([Buffer.from([set.length >> 8, set.length & 255]), set]);

it('reads depth, sampling and range of any sequence parameter set', () => {
	assert(
		property(sequence, (made) => {
			const set = setOf(made);
			const picture = Buffer.from([0x68, 0xce]);
			const body = Buffer.concat([
				Buffer.from([1, made.profile, 0, 30, 0xff, 0xe1]),
				withLength(set),
				Buffer.from([1]),
				withLength(picture),
			]);
			const isHigh = made.profile >= 100;
			const sampling = ['4:0:0', '4:2:0', '4:2:2', '4:4:4'][isHigh ? made.sampling : 1];
			const range = made.usability?.range ? 'full' : 'limited';
			expect(avcOf(body)).toEqual({
				colours: `${isHigh ? made.depth : 8} bit ${sampling} in ${range} range`,
				parameterSets: Buffer.concat([
					Buffer.from([0, 0]),
					withLength(set),
					Buffer.from([0, 0]),
					withLength(picture),
				]),
			});
		}),
		{ numRuns: 500 },
	);
});
