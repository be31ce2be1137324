import { isClosedKeyFrame } from './avc';
import { ClipError, damaged } from './boxes';
import { readClip, type Clip } from './clip';
import { Film, framesIn, MAX_SECONDS, secondsOf } from './film';
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
	const isSoundFine = leaveOutSound || files.length === 1;
	for (const [i, file] of files.entries()) {
		try {
			clips.push(readClip(file));
			checkLast(clips, isSoundFine);
		} catch (error) {
			// Reading beyond the end of a part throws a RangeError.
			const clipError = (error as Error).name === 'RangeError' ? damaged() : (error as Error);
			throw Object.assign(clipError, { clip: i });
		}
	}
	const [{ entries, placement, kinds }] = clips;
	const isGivenOn = clips.length === 1 && !(leaveOutSound && kinds.includes('soun'));
	const isSideways = placement.readInt32BE(0) === 0;
	const [width, height] = isSideways ? entries[0].size.toReversed() : entries[0].size;
	const film = new Film(clips);
	const pieces = isGivenOn ? files : film.pieces;
	return {
		pieces,
		sizeBytes: pieces.reduce((sum, { length }) => sum + length, 0),
		durationSeconds: film.seconds,
		width,
		height,
		hints: isGivenOn ? [ONLY_ONE] : hintsOf(clips),
	};
}

/** @throws ClipError when the last clip does not fit the first one, or makes the film too long */
function checkLast(clips: Clip[], isSoundFine: boolean): void {
	const [first] = clips;
	const { entries, file, kinds, samples } = clips[clips.length - 1];
	checkCount(framesIn(clips));
	if (secondsOf(clips) > MAX_SECONDS) {
		throw new ClipError('The film would be longer than 6 hours.', 'Join fewer clips.');
	}
	if (kinds.includes('soun') && !isSoundFine) {
		throw new ClipError(
			'This clip has sound, which cannot be joined.',
			"Switch on 'Leave Out Sound'.",
		);
	}
	const wanted = first.entries[0].looks;
	for (const [i, look] of entries.flatMap(({ looks }) => [...looks.entries()])) {
		if (look === wanted[i]) continue;
		throw new ClipError(
			`This clip is ${look}, the first one is ${wanted[i]}.`,
			'Only clips that look the same can be joined: make them with one model and aspect ratio.',
		);
	}
	const frame = file.subarray(samples.offsets[0], samples.offsets[0] + samples.sizes[0]);
	if (clips.length === 1 || (samples.keys[0] === 1 && isClosedKeyFrame(frame))) return;
	throw new ClipError('This clip needs frames from before its beginning.');
}

const ONLY_ONE: JoinHint = {
	clips: [0],
	text: 'There was only one clip, so it was given on as it is.',
};

function hintsOf(clips: Clip[]): JoinHint[] {
	const rates = clips.map(({ samples, timescale }) =>
		Math.round((samples.sizes.length * timescale) / samples.length),
	);
	const different = [...new Set(rates)];
	const hint = (text: string, isMeant: (clip: Clip) => boolean): JoinHint => ({
		clips: clips.flatMap((clip, i) => (isMeant(clip) ? [i] : [])),
		text,
	});
	return [
		hint(
			`The clips have different frame rates (${different.join(', ')} a second). Players show all frames; a tool that encodes the film again may leave some out.`,
			() => different.length > 1,
		),
		hint(
			'Only the video was joined: other tracks, such as subtitles, were left out.',
			({ kinds }) => kinds.some((kind) => kind !== 'vide' && kind !== 'soun'),
		),
		hint(
			'Content credentials were left out, since they do not hold for a joined file.',
			({ hasContentCredentials }) => hasContentCredentials,
		),
	].filter((each) => each.clips.length > 0);
}
