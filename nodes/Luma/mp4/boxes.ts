/** Bytes that are read piece by piece, so that a clip need not lie in memory. */
export interface ByteSource {
	size: number;
	read(offset: number, length: number): Promise<Buffer>;
}

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

const NO_MP4 = () => new ClipError('This file is no MP4 video.', ORDINARY_ONLY);

const CUT_SHORT = () =>
	new ClipError('This clip is cut short: its end is missing.', 'Download it again.');

/** A part of an MP4 file: its type, four characters, and its content. */
export interface Box {
	type: string;
	body: Buffer;
}

const MAX_HEADER_BYTES = 32 * 1024 * 1024;
const MAX_BOXES = 1_000;
const HEAD_BYTES = 8;
const LONG_HEAD_BYTES = 16;

interface BoxHead {
	type: string;
	headSize: number;
	size: number;
}

/** Reads type and size of the box at the beginning of these bytes. */
function boxHead(bytes: Buffer, sizeToTheEnd?: number): BoxHead {
	const type = bytes.toString('latin1', 4, HEAD_BYTES);
	const size = bytes.readUInt32BE(0);
	if (size === 0 && sizeToTheEnd) return { type, headSize: HEAD_BYTES, size: sizeToTheEnd };

	const isLong = size === 1 && bytes.length >= LONG_HEAD_BYTES;
	const head = isLong
		? { type, headSize: LONG_HEAD_BYTES, size: Number(bytes.readBigUInt64BE(HEAD_BYTES)) }
		: { type, headSize: HEAD_BYTES, size };
	if (head.size < head.headSize) throw damaged('the size of one of its parts cannot be');
	return head;
}

/** The boxes in the content of another one. */
export function boxesIn(content: Buffer): Box[] {
	const boxes: Box[] = [];
	let at = 0;
	// Some programs end a list with four zeros.
	while (at + HEAD_BYTES <= content.length) {
		const { type, headSize, size } = boxHead(content.subarray(at));
		if (at + size > content.length) throw damaged('one of its parts is larger than the whole');
		if (boxes.length === MAX_BOXES) throw damaged('it has too many parts');
		boxes.push({ type, body: content.subarray(at + headSize, at + size) });
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

export interface FileHeader {
	/** The boxes in `moov`, which tells where the frames are. */
	boxes: Box[];
	/** Signed claims about how the file was made (C2PA). */
	hasContentCredentials: boolean;
}

const CONTENT_CREDENTIALS = 'd8fec3d61b0e483c92975828877ec481';
const UUID_BYTES = 16;

/** Reads where the frames of a file are, wherever in the file that is told, and no frame. */
export async function readFileHeader(source: ByteSource): Promise<FileHeader> {
	let moov: Buffer | undefined;
	let hasContentCredentials = false;
	let at = 0;
	for (let count = 0; at + HEAD_BYTES <= source.size; count++) {
		const rest = source.size - at;
		const bytes = await readAll(source, at, Math.min(rest, LONG_HEAD_BYTES + UUID_BYTES));
		if (at === 0 && bytes.toString('latin1', 4, HEAD_BYTES) !== 'ftyp') throw NO_MP4();
		const { type, headSize, size } = boxHead(bytes, rest);
		if (size > rest) throw CUT_SHORT();
		if (count === MAX_BOXES) throw damaged('it has too many parts');
		if (type === 'moof') throw unsupported('is a fragmented MP4, as for streaming');
		if (type === 'uuid') {
			const id = bytes.toString('hex', headSize, headSize + UUID_BYTES);
			hasContentCredentials ||= id === CONTENT_CREDENTIALS;
		}
		if (type === 'moov') {
			if (moov) throw damaged('it has two tables of content');
			if (size > MAX_HEADER_BYTES) throw damaged('its table of content is too large');
			moov = await readAll(source, at + headSize, size - headSize);
		}
		at += size;
	}
	if (at === 0) throw NO_MP4();
	if (!moov) throw CUT_SHORT();
	return { boxes: boxesIn(moov), hasContentCredentials };
}

/** Reads that many bytes, and no fewer. */
export async function readAll(source: ByteSource, at: number, length: number): Promise<Buffer> {
	const bytes = await source.read(at, length);
	if (bytes.length < length) throw CUT_SHORT();
	return bytes;
}

/** Pieces of a file that is written; a box holds many, so they are put together once. */
export type Pieces = Buffer[];

export function bytesIn(pieces: Pieces): number {
	return pieces.reduce((sum, piece) => sum + piece.length, 0);
}

/** A box with this content. */
export function box(type: string, ...contents: Array<Buffer | Pieces>): Pieces {
	const pieces = contents.flat();
	const head = Buffer.alloc(HEAD_BYTES);
	head.writeUInt32BE(HEAD_BYTES + bytesIn(pieces));
	head.write(type, 4, 'latin1');
	return [head, ...pieces];
}

/** Numbers of 32 bit, as most of an MP4's header is made of. */
export function uint32(numbers: ArrayLike<number>): Buffer {
	const bytes = Buffer.alloc(numbers.length * 4);
	for (let i = 0; i < numbers.length; i++) bytes.writeUInt32BE(numbers[i] >>> 0, i * 4);
	return bytes;
}
