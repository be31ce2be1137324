/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { readFileSync, writeFileSync } from 'node:fs';

import { joinClips, type JoinedVideo, type JoinOptions } from '../../nodes/Luma/mp4/join';

export interface JoinedBytes extends JoinedVideo {
	bytes: Buffer;
}

/** Joins clips, and puts the pieces of the file together. */
export async function joinBytes(clips: Buffer[], options?: JoinOptions): Promise<JoinedBytes> {
	const joined = joinClips(clips, options);
	return { ...joined, bytes: Buffer.concat(joined.pieces) };
}

/** Joins files into one. */
export async function joinFiles(
	files: string[],
	target: string,
	options?: JoinOptions,
): Promise<JoinedVideo> {
	const { bytes, ...joined } = await joinBytes(
		files.map((file) => readFileSync(file)),
		options,
	);
	writeFileSync(target, bytes);
	return joined;
}
