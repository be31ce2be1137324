import { avcOf } from './avc';
import { box, boxesIn, boxesOfFile, ClipError, damaged, partAt, partIfAny } from './boxes';
import type { Box } from './boxes';
import { readSamples, type Samples } from './tables';

/** One way in which frames are encoded. */
export interface Entry {
	/** The box for the table of them, without what differs in every clip and means nothing. */
	bytes: string;
	parameterSets: Buffer;
	/** Pixels in width and height. */
	size: [number, number];
	/** What all clips of a film have in common, as people read it: always in the same order. */
	looks: string[];
}

/** The video of an MP4 file. Times are in units of its own timescale. */
export interface Clip {
	file: Buffer;
	/** Units of time in a second. */
	timescale: number;
	samples: Samples;
	entries: Entry[];
	/** How the picture is put on the screen: a matrix and a size. */
	placement: Buffer;
	/** Of all its tracks: `vide`, `soun` and others. */
	kinds: string[];
	/** Signed claims about how the file was made (C2PA). */
	hasContentCredentials: boolean;
}

const CONTENT_CREDENTIALS = 'd8fec3d61b0e483c92975828877ec481';
export const MAX_TIMESCALE = 2 ** 26;
const MAX_START_SECONDS = 30 * 60;
const PLACEMENT_BYTES = 44;

/** Reads what a file says of its video, and checks that it can be a part of a film. */
export function readClip(file: Buffer): Clip {
	const boxes = boxesOfFile(file);
	const movie = boxesIn(partAt(boxes, 'moov'));
	const tracks = movie.filter(({ type }) => type === 'trak').map(({ body }) => boxesIn(body));
	const kinds = tracks.map((own) => partAt(own, 'mdia.hdlr').toString('latin1', 8, 12));
	const videos = tracks.filter((_, i) => kinds[i] === 'vide');
	if (videos.length !== 1) {
		throw new ClipError(`This clip has ${videos.length || 'no'} video tracks.`);
	}
	const [track] = videos;
	const places = boxesIn(partAt(track, 'mdia.minf.dinf.dref').subarray(8));
	if (places.some(({ body }) => (body[3] & 1) === 0)) {
		throw new ClipError('This clip has its frames in another file.');
	}
	const tables = boxesIn(partAt(track, 'mdia.minf.stbl'));
	const timescale = timescaleOf(partAt(track, 'mdia.mdhd'));
	const samples = readSamples(tables, file.length);
	checkEdit(track, samples, timescale / timescaleOf(partAt(movie, 'mvhd')));

	const header = partAt(track, 'tkhd');
	const placementAt = header[0] === 1 ? 52 : 40;
	const placement = header.subarray(placementAt, placementAt + PLACEMENT_BYTES);
	const descriptions = boxesIn(partAt(tables, 'stsd').subarray(8));
	const entries = descriptions.map((description) => readEntry(description, turnOf(placement)));
	const isKnown = samples.entries.every((entry) => entry < entries.length);
	const isEarly = samples.start <= MAX_START_SECONDS * timescale;
	if (!isKnown || !isEarly || placement.length < PLACEMENT_BYTES) throw damaged();
	const hasContentCredentials = boxes.some(
		({ type, body }) => type === 'uuid' && body.toString('hex', 0, 16) === CONTENT_CREDENTIALS,
	);
	return { file, timescale, samples, entries, placement, kinds, hasContentCredentials };
}

/** Of a movie or of a track; version 1 has times of 64 bit. */
function timescaleOf(header: Buffer): number {
	const timescale = header.readUInt32BE(header[0] === 1 ? 20 : 12);
	if (timescale < 1 || timescale > MAX_TIMESCALE) throw damaged();
	return timescale;
}

/**
 * An edit list says which part of a track is shown. One that shows all of it is fine.
 *
 * @param unitsOfTrack units of the track's time in a unit of the movie's time
 */
function checkEdit(track: Box[], { shown, start }: Samples, unitsOfTrack: number): void {
	const edits = partIfAny(track, 'edts.elst');
	const count = edits?.readUInt32BE(4);
	if (!edits || !count) return;
	const isLong = edits[0] === 1;
	const length = isLong ? Number(edits.readBigUInt64BE(8)) : edits.readUInt32BE(8);
	const from = isLong ? Number(edits.readBigInt64BE(16)) : edits.readInt32BE(12);
	if (count > 1 || edits.readUInt32BE(isLong ? 24 : 16) !== 0x10000) {
		throw new ClipError('This clip has cuts or another speed, which only a video editor can keep.');
	}
	// Rounding can take a unit of the movie's time. A length of 0 stands for all of it.
	const end = length === 0 ? Infinity : (length + 1) * unitsOfTrack;
	const lastStart = shown.reduce((last, at) => Math.max(last, at));
	if (from < 0 || from > start || end <= lastStart - start) {
		throw new ClipError('This clip has hidden frames, which would be seen in the film.');
	}
}

function turnOf(matrix: Buffer): string {
	const [a, b, c, d] = [0, 4, 12, 16].map((at) => matrix.readInt32BE(at));
	const degrees = Math.round((Math.atan2(b, a) * 180) / Math.PI);
	return `turned by ${degrees}°${a * d - b * c < 0 ? ' and mirrored' : ''}`;
}

const CODECS: Record<string, string> = { hvc1: 'HEVC', hev1: 'HEVC', av01: 'AV1', vp09: 'VP9' };
const HEAD_BYTES = 78;

function readEntry({ type, body }: Box, turn: string): Entry {
	if (type !== 'avc1') {
		throw new ClipError(
			`This clip is encoded as ${CODECS[type] ?? type}, and only H.264 can be joined.`,
		);
	}
	const head = Buffer.from(body.subarray(0, HEAD_BYTES));
	const size: Entry['size'] = [head.readUInt16BE(24), head.readUInt16BE(26)];
	// Where the frames lie, and the encoder's name.
	head.writeUInt16BE(1, 6);
	head.fill(0, 42, 74);
	const inside = boxesIn(body.subarray(HEAD_BYTES));
	const kept = inside.filter((part) => part.type !== 'btrt');
	const { parameterSets, colours } = avcOf(partAt(inside, 'avcC'));
	const shape = partIfAny(inside, 'pasp') ?? Buffer.alloc(8);
	const [x, y] = [shape.readUInt32BE(0), shape.readUInt32BE(4)];
	const pixels = `made of ${x === y ? 'square pixels' : `pixels of ${x}:${y}`}`;
	const bytes = box('avc1', head, ...kept.map((part) => box(part.type, part.body)));
	const looks = [size.join(' × '), turn, pixels, colours];
	return { bytes: bytes.toString('latin1'), parameterSets, size, looks };
}
