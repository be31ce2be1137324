/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AspectRatio } from './contract';

/** The files of `media/`, in pixels. */
const sizes: Record<AspectRatio, { width: number; height: number }> = {
	'9:16': { width: 180, height: 320 },
	'3:4': { width: 240, height: 320 },
	'1:1': { width: 320, height: 320 },
	'4:3': { width: 320, height: 240 },
	'16:9': { width: 320, height: 180 },
	'21:9': { width: 336, height: 144 },
};

/** Width and height of a shape's video and pictures, in pixels. */
export function videoFilesSize(aspectRatio: AspectRatio): { width: number; height: number } {
	return { ...sizes[aspectRatio] };
}

const suffixes = {
	'video.mp4': '.watermarked.mp4',
	'video_raw.mp4': '.mp4',
	'thumbnail.jpg': '.thumbnail.jpg',
	'last_frame.jpg': '.last_frame.jpg',
};
/** A file of a finished task, as its links name it. */
type VideoFile = keyof typeof suffixes;

export function isVideoFile(name: string): name is VideoFile {
	return Object.hasOwn(suffixes, name);
}

const loaded = new Map<string, Buffer>();

/** The bytes of one file of `media/`, read once. */
export function videoFiles(aspectRatio: AspectRatio, file: VideoFile): Buffer {
	const path = join(__dirname, 'media', aspectRatio.replace(':', 'x') + suffixes[file]);
	let bytes = loaded.get(path);
	if (!bytes) loaded.set(path, (bytes = readFileSync(path)));
	return bytes;
}
