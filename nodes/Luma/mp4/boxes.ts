const ORDINARY_ONLY = 'Only MP4 files as Luma makes them can be joined; leave this one out.';

/** A clip that cannot be joined, in words for people. */
export class ClipError extends Error {
	override readonly name = 'ClipError';

	/** Index of the clip; set by who reads several. */
	clip?: number;

	constructor(
		message: string,
		readonly remedy = ORDINARY_ONLY,
	) {
		super(message);
	}
}

/** The bytes contradict each other. */
export function damaged(): ClipError {
	const message = 'This clip is damaged: what its parts say cannot be.';
	return new ClipError(message, 'Download it again, or leave it out.');
}

function cutShort(): ClipError {
	return new ClipError('This clip is cut short: its end is missing.', 'Download it again.');
}

/** A part of an MP4 file: its type, four characters, and its content. */
export interface Box {
	type: string;
	body: Buffer;
}

/** Boxes that only other kinds of MP4 have. */
const UNSUPPORTED: Record<string, string> = {
	cmov: 'has a compressed header',
	encv: 'is encrypted',
	moof: 'is a fragmented MP4, as for streaming',
	mvex: 'is a fragmented MP4, as for streaming',
	sinf: 'is encrypted',
	stz2: 'has a compact table',
};

const MAX_BOXES = 1_000;

/** The boxes of a file. */
export function boxesOfFile(file: Buffer): Box[] {
	if (file.toString('latin1', 4, 8) !== 'ftyp') throw new ClipError('This file is no MP4 video.');
	const boxes = boxesIn(file, { isFile: true });
	if (!boxes.some(({ type }) => type === 'moov')) throw cutShort();
	return boxes;
}

/** The boxes in a file, or in the content of another one. */
export function boxesIn(content: Buffer, { isFile = false } = {}): Box[] {
	const boxes: Box[] = [];
	// Some programs end a list with four zeros, which are too few for a box.
	for (let at = 0; at + 8 <= content.length; ) {
		const said = content.readUInt32BE(at);
		const isLong = said === 1 && at + 16 <= content.length;
		const headBytes = isLong ? 16 : 8;
		// Only the last box of a file may have no size.
		const ownSize = said === 0 && isFile ? content.length - at : said;
		const size = isLong ? Number(content.readBigUInt64BE(at + 8)) : ownSize;
		const type = content.toString('latin1', at + 4, at + 8);
		if (isFile && at + size > content.length) throw cutShort();
		if (size < headBytes || at + size > content.length || boxes.length === MAX_BOXES) {
			throw damaged();
		}
		if (Object.hasOwn(UNSUPPORTED, type)) throw new ClipError(`This clip ${UNSUPPORTED[type]}.`);
		boxes.push({ type, body: content.subarray(at + headBytes, at + size) });
		at += size;
	}
	return boxes;
}

/** The content of the box at this path, such as `edts.elst`; undefined where there is none. */
export function partIfAny(boxes: Box[], path: string): Buffer | undefined {
	const [type, ...inside] = path.split('.');
	const found = boxes.filter((each) => each.type === type);
	if (found.length === 0) return undefined;
	const [{ body }] = found;
	if (found.length > 1) throw damaged();
	return inside.length > 0 ? partIfAny(boxesIn(body), inside.join('.')) : body;
}

/** The content of the box at this path, which has to be there. */
export function partAt(boxes: Box[], path: string): Buffer {
	const part = partIfAny(boxes, path);
	if (part) return part;
	throw damaged();
}

type Content = string | Buffer | ArrayLike<number>;

/** A box with this content; numbers have 32 bit. */
export function box(type: string, ...contents: Content[]): Buffer {
	const bytes = contents.map(bytesOf);
	const size = bytes.reduce((sum, { length }) => sum + length, 8);
	return Buffer.concat([bytesOf([size]), bytesOf(type), ...bytes]);
}

function bytesOf(content: Content): Buffer {
	if (Buffer.isBuffer(content)) return content;
	if (typeof content === 'string') return Buffer.from(content, 'latin1');
	const bytes = Buffer.alloc(content.length * 4);
	for (let i = 0; i < content.length; i++) bytes.writeUInt32BE(content[i] >>> 0, i * 4);
	return bytes;
}
