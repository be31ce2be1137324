import { isClosedKeyFrame } from './avc';
import { ClipError, unsupported, type ByteSource } from './boxes';
import { readClip, type Clip } from './clip';
import { filmOf, headerOf, type Slice } from './film';
import { checkCount } from './tables';

export interface JoinedVideo {
	/** The beginning of the file: tables of all frames. */
	header: Buffer;
	/** The rest of the file, in order: bytes of the clips, and a few between them. */
	slices: Array<Slice | Buffer>;
	sizeBytes: number;
	durationSeconds: number;
	width: number;
	height: number;
	hints: JoinHint[];
}

/** What is good to know, and the clips it is about. */
export interface JoinHint {
	clips: number[];
	text: string;
}

export interface JoinOptions {
	/** Joins clips with sound, without it. */
	leaveOutSound?: boolean;
}

/**
 * Puts MP4 clips one after the other, without decoding a frame: their tables become one, and the
 * bytes of their frames stay as they are.
 *
 * @throws ClipError with the index of a clip that cannot be joined
 */
export async function joinClips(
	sources: ByteSource[],
	{ leaveOutSound = false }: JoinOptions = {},
): Promise<JoinedVideo> {
	const clips: Clip[] = [];
	let frames = 0;
	for (const [i, source] of sources.entries()) {
		const clip = await ofClip(i, readClip(source));
		frames += clip.samples.count;
		checkCount(frames);
		clips.push(clip);
	}
	if (clips.length === 1 && !(clips[0].hasSound && leaveOutSound)) return givenThrough(clips[0]);
	for (const [i, clip] of clips.entries()) {
		await ofClip(i, check(clip, clips[0], leaveOutSound));
	}
	return await write(clips);
}

/** The bytes of the joined file, in pieces for a stream. */
export async function* bytesOf(
	{ header, slices }: JoinedVideo,
	sources: ByteSource[],
): AsyncGenerator<Buffer> {
	yield header;
	for (const slice of slices) {
		if (Buffer.isBuffer(slice)) yield slice;
		else yield await sources[slice.clip].read(slice.offset, slice.length);
	}
}

/** Names the clip that cannot be joined. */
async function ofClip<T>(index: number, work: Promise<T>): Promise<T> {
	return await work.catch((error: unknown) => {
		if (error instanceof ClipError) error.clip = index;
		throw error;
	});
}

function givenThrough(clip: Clip): JoinedVideo {
	const { size } = clip.source;
	return {
		header: Buffer.alloc(0),
		slices: [{ clip: 0, offset: 0, length: size }],
		sizeBytes: size,
		durationSeconds: clip.length / clip.timescale,
		width: clip.width,
		height: clip.height,
		hints: [{ clips: [0], text: 'There was only one clip, so it was given on as it is.' }],
	};
}

async function check(clip: Clip, first: Clip, leaveOutSound: boolean): Promise<void> {
	if (clip.hasSound && !leaveOutSound) {
		throw unsupported('has sound, which cannot be joined', "Switch on 'Leave Out Sound'.");
	}
	const wanted = first.entries[0].looks;
	for (const { looks } of clip.entries) {
		const differing = looks.findIndex((look, i) => look !== wanted[i]);
		if (differing === -1) continue;
		throw unsupported(
			`is ${looks[differing]}, the first one is ${wanted[differing]}`,
			'Only clips that look the same can be joined: make them with one model and aspect ratio.',
		);
	}
	const { offsets, sizes, keys } = clip.samples;
	const frame = { offset: offsets[0], size: sizes[0] };
	const isClosed = keys[0] === 1 && (await isClosedKeyFrame(clip.source, frame));
	if (clip !== first && !isClosed) throw unsupported('needs frames from before its beginning');
}

/** The file of all clips. */
async function write(clips: Clip[]): Promise<JoinedVideo> {
	const film = await filmOf(clips);
	const header = headerOf(film, clips[0].placement);
	const [{ width, height }] = clips;
	return {
		header,
		slices: film.slices,
		sizeBytes: header.length + film.sizeBytes,
		durationSeconds: film.length / film.timescale,
		width,
		height,
		hints: hintsOf(clips),
	};
}

function hintsOf(clips: Clip[]): JoinHint[] {
	const rates = clips.map(({ samples, timescale, length }) =>
		Math.round((samples.count * timescale) / length),
	);
	const different = [...new Set(rates)];
	const indexesOf = (is: (clip: Clip) => boolean) =>
		clips.flatMap((clip, i) => (is(clip) ? [i] : []));
	const hints = [
		{
			clips: different.length > 1 ? [...clips.keys()] : [],
			text: `The clips have different frame rates (${different.join(', ')} a second). Players show all frames; a tool that encodes the film again may leave some out.`,
		},
		{
			clips: indexesOf((clip) => clip.hasOtherTracks),
			text: 'Only the video was joined: other tracks, such as subtitles, were left out.',
		},
		{
			clips: indexesOf((clip) => clip.hasContentCredentials),
			text: 'Content credentials were left out, since they do not hold for a joined file.',
		},
	];
	return hints.filter((hint) => hint.clips.length > 0);
}
