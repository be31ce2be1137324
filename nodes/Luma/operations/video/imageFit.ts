import { NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';

import type { JobRequest, VideoImage } from '../../jobs/request';
import {
	croppedShare,
	DEFAULT_ASPECT_RATIO,
	imageHeaderAt,
	isAspectRatio,
	MATCH_IMAGE,
	nearestAspectRatio,
	type ImageHeader,
	type ImageSize,
} from '../../piapi/images';
import { RunClock, systemClock } from '../../runtime/clock';
import { RateLimiter } from '../../runtime/turns';
import { Parameters } from '../parameters';

/** Less is an icon or a tracking pixel. PiAPI documents no limit. */
const MIN_SIDE_PIXELS = 32;
/** Images that are looked at on the web at the same time. */
const MAX_CONCURRENCY = 10;
/** A larger part of the image that is cut off is worth a hint. */
const MAX_CROPPED_SHARE = 0.25;

/** What is wrong with an image for a video, and what to do. */
interface ImageProblem {
	/** Continues a sentence that begins with the image. */
	what: string;
	remedy: string;
}

/** Why an image cannot begin or end a video; undefined when nothing speaks against it. */
export function imageProblem(header: ImageHeader): ImageProblem | undefined {
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

/** An image with what its first bytes tell; nothing when it could not be looked at. */
type SeenImage = { label: string; header?: ImageHeader };

/**
 * Looks at the images of all requests: finds the aspect ratio where it is to match the image, and adds a
 * hint where much of an image would be cut off.
 *
 * @returns in place of a request whose image cannot be used, the error
 */
export async function fitToImages(
	context: IExecuteFunctions,
	requests: JobRequest[],
): Promise<Array<JobRequest | NodeOperationError>> {
	const headerOf = imageReader(context);
	const look = async (image: VideoImage): Promise<SeenImage> => ({
		label: image.label,
		header: await headerOf(image),
	});
	return await Promise.all(
		requests.map(async (request) => {
			const seen = await Promise.all((request.videoImages ?? []).map(look));
			return errorAbout(context, request, seen) ?? fitted(request, seen);
		}),
	);
}

/** Looks at each address once, and at a host that gave no answer not again. */
function imageReader(context: IExecuteFunctions) {
	const clock = new RunClock(systemClock, context.getExecutionCancelSignal?.());
	const limiter = new RateLimiter(MAX_CONCURRENCY, clock);
	const headers = new Map<string, Promise<ImageHeader | undefined>>();
	const silentHosts = new Set<string>();

	const look = async (url: string) => {
		const { host } = new URL(url);
		if (clock.aborted || silentHosts.has(host)) return undefined;
		const header = await imageHeaderAt(context, url);
		if (!header) silentHosts.add(host);
		return header;
	};
	return async (image: VideoImage): Promise<ImageHeader | undefined> => {
		if ('size' in image) return { type: 'still', size: image.size };
		const { url } = image;
		const header = headers.get(url) ?? limiter.run(async () => await look(url));
		headers.set(url, header);
		return await header;
	};
}

function errorAbout(
	context: IExecuteFunctions,
	{ itemIndex }: JobRequest,
	images: SeenImage[],
): NodeOperationError | undefined {
	for (const { label, header } of images) {
		const problem = header && imageProblem(header);
		if (!problem) continue;
		const parameters = new Parameters(context, itemIndex);
		return parameters.error(`'${label}' ${problem.what}`, problem.remedy);
	}
	return undefined;
}

function fitted(request: JobRequest, images: SeenImage[]): JobRequest {
	const { source, hints = [] } = request;
	if (images.length === 0 || source.type !== 'create') return request;
	const asked = source.body.input.aspect_ratio;
	const [first] = images;
	const size = sizeOf(first);
	const isMatched = asked === MATCH_IMAGE;
	const matched = size ? nearestAspectRatio(size) : DEFAULT_ASPECT_RATIO;
	const ratio = isMatched ? matched : asked;
	return {
		...request,
		...(isMatched && { aspectRatio: matched }),
		hints: [
			...hints,
			...(isMatched && !size ? [unseenHint(first)] : []),
			...images.flatMap((image) => croppedHint(image, ratio)),
		],
	};
}

function sizeOf({ header }: SeenImage): ImageSize | undefined {
	return header && 'size' in header ? header.size : undefined;
}

function unseenHint({ label }: SeenImage): string {
	return `The size of '${label}' could not be read at its link, so the video is ${DEFAULT_ASPECT_RATIO}. Choose another 'Aspect Ratio' if the image has a different form.`;
}

/** None where little is cut off. */
function croppedHint(image: SeenImage, ratio: unknown): string[] {
	const size = sizeOf(image);
	if (!size || !isAspectRatio(ratio)) return [];
	const share = croppedShare(size, ratio);
	if (share <= MAX_CROPPED_SHARE) return [];
	const pixels = `${size.width}×${size.height} pixels`;
	return [
		`'${image.label}' has ${pixels} and the video is ${ratio}: about ${Math.round(share * 100)}% of the image can be cut off. Choose the 'Aspect Ratio' that is nearest to the image, or crop it first.`,
	];
}
