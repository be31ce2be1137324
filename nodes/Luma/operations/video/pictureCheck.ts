import type { ImageHeader } from '../../piapi/imageSize';

/** Less is an icon or a tracking pixel. PiAPI documents no limit. */
const MIN_SIDE_PIXELS = 32;

/** What is wrong with a picture for a video, and what to do. */
export interface PictureProblem {
	/** Continues a sentence that begins with the picture. */
	what: string;
	remedy: string;
}

/** Why a picture cannot begin or end a video; undefined when nothing speaks against it. */
export function pictureProblem(header: ImageHeader): PictureProblem | undefined {
	switch (header.type) {
		case 'vector':
			return {
				what: 'is an SVG drawing, which has no pixels',
				remedy: 'Convert it to PNG or JPG first.',
			};
		case 'animated':
			return {
				what: 'is an animation',
				remedy: 'Use a still image, for example its first frame as PNG or JPG.',
			};
		case 'still': {
			const { width, height } = header.size;
			if (Math.min(width, height) >= MIN_SIDE_PIXELS) return undefined;
			return {
				what: `has ${width}×${height} pixels`,
				remedy: `Use an image with at least ${MIN_SIDE_PIXELS} pixels on each side.`,
			};
		}
		default:
			return undefined;
	}
}
