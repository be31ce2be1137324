import { isClosedKeyFrame } from './avc';
import { ClipError, damaged, unsupported } from './boxes';
import { readClip, type Clip } from './clip';
import { Film, MAX_SECONDS } from './film';
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
	let frames = 0;
	let durationSeconds = 0;
	for (const [i, file] of files.entries()) {
		ofClip(i, () => {
			const clip = readClip(file);
			clips.push(clip);
			frames += clip.samples.sizes.length;
			durationSeconds += clip.samples.length / clip.timescale;
			checkCount(frames);
			if (durationSeconds <= MAX_SECONDS) return;
			throw new ClipError('The film would be longer than 6 hours.', 'Join fewer clips.');
		});
	}
	const [first] = clips;
	const { entries, placement } = first;
	const isSideways = placement.readInt32BE(0) === 0;
	const [width, height] = isSideways ? entries[0].size.toReversed() : entries[0].size;
	if (clips.length === 1 && !(first.kinds.includes('soun') && leaveOutSound)) {
		const hints = [{ clips: [0], text: 'There was only one clip, so it was given on as it is.' }];
		return { pieces: files, sizeBytes: files[0].length, durationSeconds, width, height, hints };
	}
	for (const [i, clip] of clips.entries()) ofClip(i, () => check(clip, first, leaveOutSound));
	const { pieces, samples, timescale } = new Film(clips);
	const sizeBytes = pieces.reduce((sum, { length }) => sum + length, 0);
	return {
		pieces,
		sizeBytes,
		durationSeconds: samples.length / timescale,
		width,
		height,
		hints: hintsOf(clips),
	};
}

/** Names the clip that cannot be joined. */
function ofClip(index: number, work: () => void): void {
	try {
		work();
	} catch (error) {
		// Reading beyond the end of a part throws a RangeError.
		const clipError = (error as Error).name === 'RangeError' ? damaged() : (error as Error);
		throw Object.assign(clipError, { clip: index });
	}
}

function check(clip: Clip, first: Clip, leaveOutSound: boolean): void {
	const { kinds, entries, file, samples } = clip;
	if (kinds.includes('soun') && !leaveOutSound) {
		throw unsupported('has sound, which cannot be joined', "Switch on 'Leave Out Sound'.");
	}
	const wanted = first.entries[0].looks;
	for (const [i, look] of entries.flatMap(({ looks }) => [...looks.entries()])) {
		if (look === wanted[i]) continue;
		throw unsupported(
			`is ${look}, the first one is ${wanted[i]}`,
			'Only clips that look the same can be joined: make them with one model and aspect ratio.',
		);
	}
	const { offsets, sizes, keys } = samples;
	const frame = file.subarray(offsets[0], offsets[0] + sizes[0]);
	if (clip === first || (keys[0] === 1 && isClosedKeyFrame(frame))) return;
	throw unsupported('needs frames from before its beginning');
}

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
