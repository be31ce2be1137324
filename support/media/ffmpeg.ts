import execa from 'execa';

/** What a clip for a test is made of; all the rest is as ffmpeg does it by itself. */
export interface ClipRecipe {
	/** Frames a second; any that ffmpeg understands. */
	rate?: string;
	seconds?: number;
	size?: string;
	filter?: string;
	/** Words for the encoder and the writer of the file. */
	words?: string;
	hasSound?: boolean;
}

/** Encodes a test picture that moves and counts. */
export function makeClip(file: string, recipe: ClipRecipe): void {
	const { rate = '24', seconds = 1, size = '320x180', filter = 'null', words = '' } = recipe;
	const picture = `testsrc2=size=${size}:rate=${rate}:duration=${seconds},format=yuv420p,${filter}`;
	const sound = `sine=frequency=440:duration=${seconds}`;
	ffmpeg([
		...['-f', 'lavfi', '-i', picture],
		...(recipe.hasSound ? ['-f', 'lavfi', '-i', sound, '-c:a', 'aac'] : []),
		...['-c:v', 'libx264', '-preset', 'veryfast', '-threads', '1'],
		...words.split(' ').filter(Boolean),
		file,
	]);
}

/** Runs ffmpeg, which has nothing to say when all is well. */
export function ffmpeg(words: string[]): string {
	const { stdout, stderr } = execa.sync('ffmpeg', ['-v', 'error', '-y', ...words]);
	if (stderr) throw new Error(`ffmpeg ${words.join(' ')}: ${stderr}`);
	return stdout;
}
