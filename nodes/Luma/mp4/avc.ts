import { damaged, readAll, unsupported, type ByteSource } from './boxes';

/** How a decoder of H.264 is set up (`avcC`). */
export interface Avc {
	/** The parameter sets as they stand in front of a frame, each with its length. */
	parameterSets: Buffer;
	/** Depth, sampling and range of colours, as people read them. */
	colours: string;
}

const LENGTH_BYTES = 4;
const SETS_AT = 5;

/** Reads the content of `avcC` (ISO/IEC 14496-15, 5.3.3.1). */
export function avcOf(body: Buffer): Avc {
	if (body.length <= SETS_AT) throw damaged('the settings of its decoder are missing');
	if ((body[4] & 3) + 1 !== LENGTH_BYTES) throw unsupported('has frames with short lengths');
	const sequence = setsAt(body, SETS_AT, body[SETS_AT] & 31);
	const picture = setsAt(body, sequence.end, body[sequence.end]);
	if (sequence.sets.length === 0) throw damaged('the settings of its decoder are missing');
	return {
		parameterSets: Buffer.concat([...sequence.sets, ...picture.sets]),
		colours: coloursOf(sequence.sets[0].subarray(LENGTH_BYTES)),
	};
}

/** So many sets, each behind its length of two bytes, made ready for a frame. */
function setsAt(body: Buffer, countAt: number, count: number): { sets: Buffer[]; end: number } {
	const sets: Buffer[] = [];
	let at = countAt + 1;
	for (let i = 0; i < count; i++) {
		const end = at + 2 + (at + 2 > body.length ? Infinity : body.readUInt16BE(at));
		if (end > body.length) throw damaged('the settings of its decoder are cut short');
		sets.push(Buffer.concat([Buffer.alloc(2), body.subarray(at, end)]));
		at = end;
	}
	if (at > body.length) throw damaged('the settings of its decoder are cut short');
	return { sets, end: at };
}

/** Reads bits, and numbers of variable length (ITU-T H.264, 9.1). */
class Bits {
	private at = 0;

	constructor(private readonly bytes: Buffer) {}

	take(count: number): number {
		let value = 0;
		for (let i = 0; i < count; i++) {
			if (this.at >= this.bytes.length * 8)
				throw damaged('the settings of its decoder are cut short');
			value = value * 2 + ((this.bytes[this.at >> 3] >> (7 - (this.at & 7))) & 1);
			this.at += 1;
		}
		return value;
	}

	flag(): boolean {
		return this.take(1) === 1;
	}

	number(): number {
		let zeros = 0;
		while (!this.flag()) zeros += 1;
		return 2 ** zeros - 1 + this.take(zeros);
	}

	/** Leaves out so many numbers of variable length. */
	skip(numbers: number): void {
		for (let i = 0; i < numbers; i++) this.number();
	}
}

const PROFILES_WITH_COLOURS = [44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244];
const SAMPLINGS = ['4:0:0', '4:2:0', '4:2:2', '4:4:4'];
const ANY_PIXEL_SHAPE = 255;

/** Reads the depth, sampling and range of colours from a sequence parameter set (7.3.2.1.1). */
function coloursOf(set: Buffer): string {
	// Two zeros are followed by a three wherever they could be taken for the start of a frame.
	const plain = set.toString('latin1').replaceAll('\0\0\x03', '\0\0');
	const bits = new Bits(Buffer.from(plain, 'latin1'));
	bits.take(8);
	const profile = bits.take(8);
	bits.take(16);
	bits.skip(1);
	let sampling = 1;
	let depth = 8;
	if (PROFILES_WITH_COLOURS.includes(profile)) {
		sampling = bits.number();
		if (sampling === 3) bits.take(1);
		depth = 8 + bits.number();
		bits.skip(1);
		bits.take(1);
		if (bits.flag()) skipScaling(bits, sampling === 3 ? 12 : 8);
	}
	skipPictureOrder(bits);
	const range = isFullRange(bits) ? 'full' : 'limited';
	return `${depth} bit ${SAMPLINGS[sampling] ?? '?'} in ${range} range`;
}

function skipScaling(bits: Bits, lists: number): void {
	for (let list = 0; list < lists; list++) {
		if (!bits.flag()) continue;
		let last = 8;
		let next = 8;
		for (let i = 0; i < (list < 6 ? 16 : 64) && next !== 0; i++) {
			const coded = bits.number();
			const delta = coded % 2 === 1 ? (coded + 1) / 2 : -coded / 2;
			next = (last + delta + 256) % 256;
			last = next === 0 ? last : next;
		}
	}
}

function skipPictureOrder(bits: Bits): void {
	bits.skip(1);
	const kind = bits.number();
	if (kind === 0) bits.skip(1);
	if (kind === 1) {
		bits.take(1);
		bits.skip(2);
		bits.skip(bits.number());
	}
	bits.skip(1);
	bits.take(1);
}

/** Reads on to the usability information at the end of the set (E.1.1). */
function isFullRange(bits: Bits): boolean {
	bits.skip(2);
	if (!bits.flag()) bits.take(1);
	bits.take(1);
	if (bits.flag()) bits.skip(4);
	if (!bits.flag()) return false;
	if (bits.flag() && bits.take(8) === ANY_PIXEL_SHAPE) bits.take(32);
	if (bits.flag()) bits.take(1);
	if (!bits.flag()) return false;
	bits.take(3);
	return bits.flag();
}

const NAL_HEAD_BYTES = LENGTH_BYTES + 1;
const CLOSED_KEY_FRAME = 5;
const DELIMITER = 9;
/** Slices of a frame have types up to this one; before them come sets, delimiters and remarks. */
const LAST_SLICE_TYPE = 5;
const MAX_NALS = 100;

/** A frame as it lies in a file. */
export interface Frame {
	offset: number;
	size: number;
}

/** Whether nothing from before this frame is needed to show it and those after it (IDR). */
export async function isClosedKeyFrame(source: ByteSource, frame: Frame): Promise<boolean> {
	let at = 0;
	for (let i = 0; i < MAX_NALS && at + NAL_HEAD_BYTES <= frame.size; i++) {
		const { type, end } = await nalAt(source, frame.offset + at);
		if (type <= LAST_SLICE_TYPE) return type === CLOSED_KEY_FRAME;
		at += end;
	}
	return false;
}

/** Where parameter sets belong in a frame: at its beginning, or behind the delimiter there. */
export async function setsOffset(source: ByteSource, frame: Frame): Promise<number> {
	if (frame.size < NAL_HEAD_BYTES) return 0;
	const { type, end } = await nalAt(source, frame.offset);
	return type === DELIMITER && end <= frame.size ? end : 0;
}

/** Each unit of a frame has its length and its type first. */
async function nalAt(source: ByteSource, at: number): Promise<{ type: number; end: number }> {
	const head = await readAll(source, at, NAL_HEAD_BYTES);
	return { type: head[LENGTH_BYTES] & 31, end: LENGTH_BYTES + head.readUInt32BE(0) };
}
