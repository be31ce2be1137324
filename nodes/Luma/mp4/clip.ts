import { avcOf } from './avc';
import { bodyIfAny, bodyOf, box, boxesAt, boxesIn, boxesOfFile, damaged } from './boxes';
import { unsupported, type Box } from './boxes';
import { readSamples, type Samples } from './tables';

/** One way in which frames are encoded. */
export interface Entry {
	/** The box for the table of them, without what differs in every clip and means nothing. */
	bytes: Buffer;
	parameterSets: Buffer;
	wide: number;
	high: number;
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
	/** As a person sees it. */
	width: number;
	height: number;
	/** How the picture is put on the screen: a matrix and a size. */
	placement: Buffer;
	/** When its first and its last frame are shown. */
	start: number;
	lastStart: number;
	/** How long it is shown. */
	length: number;
	/** The longest time between decoding a frame and showing it. */
	maxDelay: number;
	hasSound: boolean;
	/** Whether it has tracks besides video and sound, such as subtitles. */
	hasOtherTracks: boolean;
	/** Signed claims about how the file was made (C2PA). */
	hasContentCredentials: boolean;
}

const CONTENT_CREDENTIALS = 'd8fec3d61b0e483c92975828877ec481';
const MAX_TIMESCALE = 2 ** 26;
const PLACEMENT_BYTES = 44;
/** So that every time fits into 31 bit at 90,000 units a second. */
export const MAX_SECONDS = 6 * 60 * 60;
const MAX_DELAY_SECONDS = 60 * 60;

/** Reads what a file says of its video, and checks that it can be a part of a film. */
export function readClip(file: Buffer): Clip {
	const { boxes, header } = boxesOfFile(file);
	if (header.some(({ type }) => type === 'cmov')) throw unsupported('has a compressed header');
	if ([...boxes, ...header].some(({ type }) => type === 'moof' || type === 'mvex')) {
		throw unsupported('is a fragmented MP4, as for streaming');
	}
	const tracks = header.filter(({ type }) => type === 'trak').map(({ body }) => boxesIn(body));
	const kinds = tracks.map((track) =>
		bodyOf(boxesAt(track, 'mdia'), 'hdlr', 12).toString('latin1', 8, 12),
	);
	const videos = tracks.filter((_, i) => kinds[i] === 'vide');
	if (videos.length !== 1) throw unsupported(`has ${videos.length || 'no'} video tracks`);
	return {
		...readVideo(file, videos[0], timescaleOf(bodyOf(header, 'mvhd', 100))),
		hasSound: kinds.includes('soun'),
		hasOtherTracks: kinds.some((kind) => kind !== 'vide' && kind !== 'soun'),
		hasContentCredentials: boxes.some(
			({ type, body }) => type === 'uuid' && body.toString('hex', 0, 16) === CONTENT_CREDENTIALS,
		),
	};
}

/** Of a movie or of a track; version 1 has times of 64 bit. */
function timescaleOf(header: Buffer): number {
	const timescale = header.readUInt32BE(header[0] === 1 ? 20 : 12);
	if (timescale < 1 || timescale > MAX_TIMESCALE) throw damaged('its unit of time cannot be');
	return timescale;
}

type Video = Omit<Clip, 'hasSound' | 'hasOtherTracks' | 'hasContentCredentials'>;

function readVideo(file: Buffer, track: Box[], movieTimescale: number): Video {
	const media = boxesAt(track, 'mdia');
	const information = boxesAt(media, 'minf');
	checkPlace(bodyOf(boxesAt(information, 'dinf'), 'dref', 8));
	const tables = boxesAt(information, 'stbl');
	const timescale = timescaleOf(bodyOf(media, 'mdhd', 24));
	const placementAt = bodyOf(track, 'tkhd', 1)[0] === 1 ? 52 : 40;
	const placementEnd = placementAt + PLACEMENT_BYTES;
	const placement = bodyOf(track, 'tkhd', placementEnd).subarray(placementAt, placementEnd);
	const descriptions = boxesIn(bodyOf(tables, 'stsd', 8).subarray(8));
	if (descriptions.length === 0) throw damaged('the settings of its decoder are missing');
	const samples = readSamples(tables, file.length, descriptions.length);
	const times = readTimes(samples, timescale);
	checkEdit(track, times, timescale / movieTimescale);
	const entries = descriptions.map((description) => readEntry(description, turnOf(placement)));
	const [{ wide, high }] = entries;
	const isSideways = placement.readInt32BE(0) === 0;
	const [width, height] = isSideways ? [high, wide] : [wide, high];
	return { file, timescale, samples, entries, width, height, placement, ...times };
}

/** Frames can lie in other files, which nobody has here. */
function checkPlace(references: Buffer): void {
	const isElsewhere = ({ body }: Box) => body.length < 4 || (body[3] & 1) === 0;
	if (boxesIn(references.subarray(8)).some(isElsewhere)) {
		throw unsupported('has its frames in another file');
	}
}

function turnOf(matrix: Buffer): string {
	const [a, b, c, d] = [0, 4, 12, 16].map((at) => matrix.readInt32BE(at));
	const degrees = Math.round((Math.atan2(b, a) * 180) / Math.PI);
	return `turned by ${degrees}°${a * d - b * c < 0 ? ' and mirrored' : ''}`;
}

const CODECS: Record<string, string> = { hvc1: 'HEVC', hev1: 'HEVC', av01: 'AV1', vp09: 'VP9' };
const ENTRY_BYTES = 78;

function readEntry({ type, body }: Box, turn: string): Entry {
	if (type === 'encv') throw unsupported('is encrypted');
	if (type !== 'avc1') {
		throw unsupported(`is encoded as ${CODECS[type] ?? type}, and only H.264 can be joined`);
	}
	if (body.length < ENTRY_BYTES) throw damaged('the settings of its decoder are missing');
	const inside = boxesIn(body.subarray(ENTRY_BYTES));
	if (inside.some((part) => part.type === 'sinf')) throw unsupported('is encrypted');
	const { parameterSets, colours } = avcOf(bodyOf(inside, 'avcC'));
	const shape = bodyIfAny(inside, 'pasp', 8) ?? Buffer.alloc(8);
	const [x, y] = [shape.readUInt32BE(0), shape.readUInt32BE(4)];
	const head = Buffer.from(body.subarray(0, ENTRY_BYTES));
	head.writeUInt16BE(1, 6);
	// The encoder's name.
	head.fill(0, 42, 74);
	const [wide, high] = [head.readUInt16BE(24), head.readUInt16BE(26)];
	const kept = inside.filter((part) => part.type !== 'btrt');
	return {
		bytes: box('avc1', head, ...kept.map((part) => box(part.type, part.body))),
		parameterSets,
		wide,
		high,
		looks: [
			`${wide} × ${high}`,
			turn,
			x === y ? 'made of square pixels' : `made of pixels of ${x}:${y}`,
			colours,
		],
	};
}

type Times = Pick<Clip, 'start' | 'lastStart' | 'length' | 'maxDelay'>;

function readTimes({ durations, delays }: Samples, timescale: number): Times {
	let decoded = 0;
	let start = Infinity;
	let lastStart = -Infinity;
	let end = -Infinity;
	let maxDelay = 0;
	for (const [i, duration] of durations.entries()) {
		const shown = decoded + delays[i];
		maxDelay = Math.max(maxDelay, Math.abs(delays[i]));
		start = Math.min(start, shown);
		lastStart = Math.max(lastStart, shown);
		end = Math.max(end, shown + duration);
		decoded += duration;
	}
	// With frames of different lengths the sum can be shorter than what is shown.
	const length = Math.max(decoded, end - start);
	if (length > MAX_SECONDS * timescale) throw unsupported('is longer than 6 hours');
	if (length === 0 || maxDelay > MAX_DELAY_SECONDS * timescale) {
		throw damaged('its times cannot be');
	}
	return { start, lastStart, length, maxDelay };
}

/**
 * An edit list says which part of a track is shown. One that shows all of it is fine.
 *
 * @param unitsOfTrack units of the track's time in a unit of the movie's time
 */
function checkEdit(track: Box[], times: Times, unitsOfTrack: number): void {
	const edits = bodyIfAny(track, 'edts');
	const body = edits && bodyIfAny(boxesIn(edits), 'elst', 8);
	if (!body || body.readUInt32BE(4) === 0) return;
	const isLong = body[0] === 1;
	if (body.readUInt32BE(4) > 1) throw unsupported('has cuts that only a video editor can make');
	if (body.length < (isLong ? 28 : 20)) throw damaged('its edit list is cut short');

	const shown = isLong ? Number(body.readBigUInt64BE(8)) : body.readUInt32BE(8);
	const from = isLong ? Number(body.readBigInt64BE(16)) : body.readInt32BE(12);
	if (body.readUInt32BE(isLong ? 24 : 16) !== 0x10000) throw unsupported('has another speed');
	// Rounding can take a unit of the movie's time. A length of 0 stands for all of it.
	const end = shown === 0 ? Infinity : (shown + 1) * unitsOfTrack;
	if (from < 0 || from > times.start || end <= times.lastStart - times.start) {
		throw unsupported('has hidden frames, which would be seen in the film');
	}
}
