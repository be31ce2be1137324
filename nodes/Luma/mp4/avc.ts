import { damaged, unsupported } from './boxes';

/** How a decoder of H.264 is set up (`avcC`). */
export interface Avc {
	/** The parameter sets as they stand in front of a frame, each with its length. */
	parameterSets: Buffer;
	/** Depth, sampling and range of colours, as people read them. */
	colours: string;
}

const LENGTH_BYTES = 4;
const SETS_AT = 5;
const CUT_SHORT = 'the settings of its decoder are cut short';

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
	for (let i = 0; i < count && at + 2 <= body.length; i++) {
		const end = at + 2 + body.readUInt16BE(at);
		sets.push(Buffer.concat([Buffer.alloc(2), body.subarray(at, end)]));
		at = end;
	}
	if (at > body.length || sets.length < count) throw damaged(CUT_SHORT);
	return { sets, end: at };
}

/** Reads bits, and numbers of variable length (ITU-T H.264, 9.1). */
class Bits {
	private at = 0;

	constructor(private readonly digits: string) {}

	take(count: number): number {
		this.at += count;
		if (this.at > this.digits.length) throw damaged(CUT_SHORT);
		return parseInt(this.digits.slice(this.at - count, this.at), 2);
	}

	flag(): boolean {
		return this.take(1) === 1;
	}

	/** As many digits follow the first one that is not zero as zeros stand before it. */
	number(): number {
		const first = this.digits.indexOf('1', this.at);
		if (first === -1) throw damaged(CUT_SHORT);
		const zeros = first - this.at;
		this.at = first;
		return this.take(zeros + 1) - 1;
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
	const plain = Buffer.from(set.toString('latin1').replaceAll('\0\0\x03', '\0\0'), 'latin1');
	const bits = new Bits(Array.from(plain, (byte) => byte.toString(2).padStart(8, '0')).join(''));
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
		let next = bits.flag() ? 8 : 0;
		for (let i = 0; i < (list < 6 ? 16 : 64) && next !== 0; i++) {
			const coded = bits.number();
			next = (next + (coded % 2 === 1 ? (coded + 1) / 2 : -coded / 2) + 256) % 256;
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

/** Whether nothing from before this frame is needed to show it and those after it (IDR). */
export function isClosedKeyFrame(frame: Buffer): boolean {
	let at = 0;
	for (let i = 0; i < MAX_NALS && at + NAL_HEAD_BYTES <= frame.length; i++) {
		const type = frame[at + LENGTH_BYTES] & 31;
		if (type <= LAST_SLICE_TYPE) return type === CLOSED_KEY_FRAME;
		at += LENGTH_BYTES + frame.readUInt32BE(at);
	}
	return false;
}

/** Where parameter sets belong in a frame: at its beginning, or behind the delimiter there. */
export function setsOffset(frame: Buffer): number {
	if (frame.length < NAL_HEAD_BYTES || (frame[LENGTH_BYTES] & 31) !== DELIMITER) return 0;
	const end = LENGTH_BYTES + frame.readUInt32BE(0);
	return end <= frame.length ? end : 0;
}
