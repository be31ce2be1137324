import type { ImageSize } from './imageSize';

/** The aspect ratios that Luma makes (PiAPI, "Create Task"). */
export const ASPECT_RATIOS = ['9:16', '3:4', '1:1', '4:3', '16:9', '21:9'] as const;

export type AspectRatio = (typeof ASPECT_RATIOS)[number];

/** PiAPI's own default. */
export const DEFAULT_ASPECT_RATIO: AspectRatio = '16:9';

/** Stands in a request for the ratio of its picture, until that is known. */
export const MATCH_PICTURE = 'match';

export function isAspectRatio(value: unknown): value is AspectRatio {
	return ASPECT_RATIOS.some((ratio) => ratio === value);
}

/** The ratio that cuts off the least of a picture. */
export function nearestAspectRatio(size: ImageSize): AspectRatio {
	return ASPECT_RATIOS.reduce((best, ratio) =>
		croppedShare(size, ratio) < croppedShare(size, best) ? ratio : best,
	);
}

/** How much of a picture is cut off when it fills a video of this ratio: from 0 to 1. */
export function croppedShare({ width, height }: ImageSize, ratio: AspectRatio): number {
	const [ratioWidth, ratioHeight] = ratio.split(':').map(Number);
	const picture = width / height;
	const video = ratioWidth / ratioHeight;
	return 1 - Math.min(picture / video, video / picture);
}
