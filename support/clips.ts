/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { readFileSync, writeFileSync } from 'node:fs';

import type { ByteSource } from '../nodes/Luma/mp4/boxes';
import { bytesOf, joinClips, type JoinedVideo, type JoinOptions } from '../nodes/Luma/mp4/join';

/** A clip that lies in memory. */
export function sourceOf(bytes: Buffer): ByteSource {
	return {
		size: bytes.length,
		read: async (offset, length) => bytes.subarray(offset, offset + length),
	};
}

export interface JoinedBytes extends JoinedVideo {
	bytes: Buffer;
}

/** Joins clips, and puts the pieces of the file together. */
export async function joinBytes(clips: Buffer[], options?: JoinOptions): Promise<JoinedBytes> {
	const sources = clips.map(sourceOf);
	const joined = await joinClips(sources, options);
	const pieces: Buffer[] = [];
	for await (const piece of bytesOf(joined, sources)) pieces.push(piece);
	return { ...joined, bytes: Buffer.concat(pieces) };
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
