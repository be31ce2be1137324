/** A clip that cannot be joined, in words for people. */
export class ClipError extends Error {
	override readonly name = 'ClipError';

	/** Index of the clip; set by who reads several. */
	clip?: number;

	constructor(
		message: string,
		readonly remedy: string,
	) {
		super(message);
	}
}

const ORDINARY_ONLY = 'Only MP4 files as Luma makes them can be joined; leave this one out.';

/** The clip is of a kind that is not joined. */
export function unsupported(what: string, remedy = ORDINARY_ONLY): ClipError {
	return new ClipError(`This clip ${what}.`, remedy);
}

/** The bytes contradict each other. */
export function damaged(what: string): ClipError {
	return new ClipError(`This clip is damaged: ${what}.`, 'Download it again, or leave it out.');
}

function cutShort(): ClipError {
	return new ClipError('This clip is cut short: its end is missing.', 'Download it again.');
}

/** A part of an MP4 file: its type, four characters, and its content. */
export interface Box {
	type: string;
	body: Buffer;
}

const MAX_BOXES = 1_000;
const HEAD_BYTES = 8;
const LONG_HEAD_BYTES = 16;

/** The boxes of a file, and those in `moov`, which tell where the frames are, wherever in the file that is told. */
export function boxesOfFile(file: Buffer): { boxes: Box[]; header: Box[] } {
	if (file.toString('latin1', 4, HEAD_BYTES) !== 'ftyp') {
		throw new ClipError('This file is no MP4 video.', ORDINARY_ONLY);
	}
	// Only the last box of a file may have no size, and reach to its end.
	const boxes = walk(file, { sizeAt: (at) => file.length - at, tooLarge: cutShort });
	if (!boxes.some(({ type }) => type === 'moov')) throw cutShort();
	return { boxes, header: boxesIn(bodyOf(boxes, 'moov')) };
}

/** The boxes in the content of another one. */
export function boxesIn(content: Buffer): Box[] {
	const tooLarge = () => damaged('one of its parts is larger than the whole');
	return walk(content, { sizeAt: () => 0, tooLarge });
}

interface Whole {
	/** How large a box is that does not say it. */
	sizeAt: (at: number) => number;
	/** What it means that a box ends behind the whole. */
	tooLarge: () => ClipError;
}

/** Some programs end a list with four zeros, which are too few for a box. */
function walk(content: Buffer, { sizeAt, tooLarge }: Whole): Box[] {
	const boxes: Box[] = [];
	for (let at = 0; at + HEAD_BYTES <= content.length; ) {
		const said = content.readUInt32BE(at);
		const isLong = said === 1 && at + LONG_HEAD_BYTES <= content.length;
		const headBytes = isLong ? LONG_HEAD_BYTES : HEAD_BYTES;
		const size = isLong ? Number(content.readBigUInt64BE(at + 8)) : said || sizeAt(at);
		if (size < headBytes) throw damaged('the size of one of its parts cannot be');
		if (at + size > content.length) throw tooLarge();
		if (boxes.length === MAX_BOXES) throw damaged('it has too many parts');
		const type = content.toString('latin1', at + 4, at + HEAD_BYTES);
		boxes.push({ type, body: content.subarray(at + headBytes, at + size) });
		at += size;
	}
	return boxes;
}

/** The boxes in the one of this type, or further inside. */
export function boxesAt(boxes: Box[], ...path: string[]): Box[] {
	return path.reduce((inside, type) => boxesIn(bodyOf(inside, type)), boxes);
}

/** The content of a box that has to be there, once. */
export function bodyOf(boxes: Box[], type: string, minBytes = 0): Buffer {
	const found = boxes.filter((box) => box.type === type);
	if (found.length !== 1) throw damaged(`it needs one part '${type}' and has ${found.length}`);
	if (found[0].body.length < minBytes) throw damaged(`its part '${type}' is too short`);
	return found[0].body;
}

/** The content of a box that may be missing. */
export function bodyIfAny(boxes: Box[], type: string, minBytes = 0): Buffer | undefined {
	return boxes.some((box) => box.type === type) ? bodyOf(boxes, type, minBytes) : undefined;
}

/**
 * The entries of a table: a count, and as many entries.
 *
 * @param countAt where the count is in the content of the box
 */
export function entriesOf(body: Buffer, entryBytes: number, countAt = 4): Buffer {
	const from = countAt + 4;
	const count = body.length < from ? Infinity : body.readUInt32BE(countAt);
	if (from + count * entryBytes > body.length) {
		throw damaged('one of its tables promises more than it holds');
	}
	return body.subarray(from, from + count * entryBytes);
}

/** A box with this content. */
export function box(type: string, ...contents: Buffer[]): Buffer {
	const size = contents.reduce((sum, { length }) => sum + length, HEAD_BYTES);
	return Buffer.concat([uint32([size]), Buffer.from(type, 'latin1'), ...contents]);
}

/** Numbers of 32 bit, as most of an MP4's header is made of. */
export function uint32(numbers: ArrayLike<number>): Buffer {
	const bytes = Buffer.alloc(numbers.length * 4);
	for (let i = 0; i < numbers.length; i++) bytes.writeUInt32BE(numbers[i] >>> 0, i * 4);
	return bytes;
}
