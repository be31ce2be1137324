import { ClipError, damaged } from './boxes';

const LENGTH_BYTES = 4;

/**
 * Reads how a decoder of H.264 is set up (`avcC`; ISO/IEC 14496-15, 5.3.3.1).
 *
 * @returns the parameter sets as they stand in front of a frame, each with its length; and the colours as
 * people read them
 */
export function avcOf(body: Buffer): { parameterSets: Buffer; colours: string } {
	if ((body.readUInt8(4) & 3) + 1 !== LENGTH_BYTES) {
		throw new ClipError('This clip has frames with short lengths.');
	}
	const sequence = setsAt(body, 5, 31);
	const picture = setsAt(body, sequence.end, 255);
	if (sequence.sets.length === 0) throw damaged();
	const parameterSets = Buffer.concat([...sequence.sets, ...picture.sets]);
	return { parameterSets, colours: coloursOf(sequence.sets[0].subarray(LENGTH_BYTES)) };
}

/** A count, and so many sets, each behind its length of two bytes; made ready for a frame. */
function setsAt(body: Buffer, countAt: number, mask: number): { sets: Buffer[]; end: number } {
	const sets: Buffer[] = [];
	let end = countAt + 1;
	for (let left = body.readUInt8(countAt) & mask; left > 0; left--) {
		const start = end;
		end += 2 + body.readUInt16BE(start);
		if (end > body.length) throw damaged();
		sets.push(Buffer.concat([Buffer.alloc(2), body.subarray(start, end)]));
	}
	return { sets, end };
}

/** In the place of a number of bits: as many as the number itself says (ITU-T H.264, 9.1). */
const OPEN = -1;

/** Takes several numbers of so many bits each; the last one is the result. */
type Take = (...widths: number[]) => number;

function bitsOf(bytes: Buffer): Take {
	const digits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
	let at = 0;
	const number = (width: number): number => {
		at += width;
		if (at > digits.length) throw damaged();
		return parseInt(`0${digits.slice(at - width, at)}`, 2);
	};
	/** As many digits follow the first one that is not zero as zeros stand before it. */
	const openNumber = (): number => {
		let zeros = 0;
		while (number(1) === 0) zeros++;
		return 2 ** zeros - 1 + number(zeros);
	};
	return (...widths) =>
		widths.reduce((_, width) => (width === OPEN ? openNumber() : number(width)), 0);
}

const PROFILES_WITHOUT_COLOURS = [66, 77, 88];
const SAMPLINGS = ['4:0:0', '4:2:0', '4:2:2', '4:4:4'];
const ANY_PIXEL_SHAPE = 255;

/** Reads the depth, sampling and range of colours from a sequence parameter set (7.3.2.1.1). */
function coloursOf(set: Buffer): string {
	// Two zeros are followed by a three wherever they could be taken for the start of a frame.
	const plain = set.toString('latin1').replaceAll('\0\0\x03', '\0\0');
	const take = bitsOf(Buffer.from(plain, 'latin1'));
	const profile = take(8, 8);
	let sampling = 1;
	let depth = 8;
	take(16, OPEN);
	if (!PROFILES_WITHOUT_COLOURS.includes(profile)) {
		sampling = take(OPEN);
		depth += take(sampling === 3 ? 1 : 0, OPEN);
		if (take(OPEN, 1, 1) === 1) skipScaling(take, sampling === 3 ? 12 : 8);
	}
	skipOrderAndSize(take);
	const range = isFullRange(take) ? 'full' : 'limited';
	return `${depth} bit ${SAMPLINGS[sampling] ?? '?'} in ${range} range`;
}

function skipScaling(take: Take, lists: number): void {
	for (let list = 0; list < lists; list++) {
		let next = take(1) * 8;
		for (let i = 0; i < (list < 6 ? 16 : 64) && next !== 0; i++) {
			const coded = take(OPEN);
			next = (next + (coded % 2 === 1 ? (coded + 1) / 2 : -coded / 2) + 256) % 256;
		}
	}
}

function skipOrderAndSize(take: Take): void {
	const order = take(OPEN, OPEN);
	if (order === 0) take(OPEN);
	const offsets = order === 1 ? take(1, OPEN, OPEN, OPEN) : 0;
	for (let i = 0; i < offsets; i++) take(OPEN);
	const isInterlaced = take(OPEN, 1, OPEN, OPEN, 1) === 0;
	const isCropped = take(isInterlaced ? 2 : 1, 1) === 1;
	if (isCropped) take(OPEN, OPEN, OPEN, OPEN);
}

/** As the usability information at the end of the set says (E.1.1). */
function isFullRange(take: Take): boolean {
	if (take(1) === 0) return false;
	if (take(1) === 1 && take(8) === ANY_PIXEL_SHAPE) take(32);
	if (take(1) === 1) take(1);
	return take(1) === 1 && take(3, 1) === 1;
}

const CLOSED_KEY_FRAME = 5;
/** Slices of a frame have types up to this one; before them come sets, delimiters and remarks. */
const LAST_SLICE = 5;
const DELIMITER = 9;
const MAX_UNITS = 100;

/** The first unit of a frame whose type is meant, and where it begins. */
function unitIn(frame: Buffer, isMeant: (type: number) => boolean) {
	let at = 0;
	for (let i = 0; i < MAX_UNITS && at + LENGTH_BYTES < frame.length; i++) {
		const type = frame[at + LENGTH_BYTES] & 31;
		if (isMeant(type)) return { type, at };
		at += LENGTH_BYTES + frame.readUInt32BE(at);
	}
	return undefined;
}

/** Whether nothing from before this frame is needed to show it and those after it (IDR). */
export function isClosedKeyFrame(frame: Buffer): boolean {
	return unitIn(frame, (type) => type <= LAST_SLICE)?.type === CLOSED_KEY_FRAME;
}

/** Where parameter sets belong in a frame: at its beginning, or behind the delimiter there. */
export function setsOffset(frame: Buffer): number {
	return unitIn(frame, (type) => type !== DELIMITER)?.at ?? 0;
}
