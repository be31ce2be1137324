import { isClosedKeyFrame } from './avc';
import { unsupported } from './boxes';
import { readClip, type Clip } from './clip';
import { filmOf, headerOf } from './film';
import { checkCount } from './tables';

export interface JoinedVideo {
	/** The bytes of the file. Most are those of the clips, which are not copied. */
	pieces: Buffer[];
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
export function joinClips(
	files: Buffer[],
	{ leaveOutSound = false }: JoinOptions = {},
): JoinedVideo {
	const clips: Clip[] = [];
	for (const [i, file] of files.entries()) {
		clips.push(ofClip(i, () => readClip(file)));
		checkCount(clips.reduce((sum, { samples }) => sum + samples.sizes.length, 0));
	}
	const [first] = clips;
	const { width, height } = first;
	if (clips.length === 1 && !(first.hasSound && leaveOutSound)) {
		return {
			...{ pieces: files, sizeBytes: files[0].length, width, height },
			durationSeconds: first.length / first.timescale,
			hints: [{ clips: [0], text: 'There was only one clip, so it was given on as it is.' }],
		};
	}
	for (const [i, clip] of clips.entries()) ofClip(i, () => check(clip, first, leaveOutSound));
	const film = filmOf(clips);
	const header = headerOf(film, first.placement);
	return {
		pieces: [header, ...film.pieces],
		sizeBytes: header.length + film.sizeBytes,
		durationSeconds: film.length / film.timescale,
		width,
		height,
		hints: hintsOf(clips),
	};
}

/** Names the clip that cannot be joined. */
function ofClip<T>(index: number, work: () => T): T {
	try {
		return work();
	} catch (error) {
		throw Object.assign(error as Error, { clip: index });
	}
}

function check(clip: Clip, first: Clip, leaveOutSound: boolean): void {
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
	const frame = clip.file.subarray(offsets[0], offsets[0] + sizes[0]);
	if (clip === first || (keys[0] === 1 && isClosedKeyFrame(frame))) return;
	throw unsupported('needs frames from before its beginning');
}

function hintsOf(clips: Clip[]): JoinHint[] {
	const rates = clips.map(({ samples, timescale, length }) =>
		Math.round((samples.sizes.length * timescale) / length),
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
