import { NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';

import type { ImageSize } from '../../images/facts';
import type { JobRequest, VideoImage } from '../../jobs/request';
import {
	croppedShare,
	DEFAULT_ASPECT_RATIO,
	imageAt,
	isAspectRatio,
	MATCH_IMAGE,
	nearestAspectRatio,
	TOO_SLOW,
	type ImageContent,
} from '../../piapi/images';
import { RunClock, systemClock } from '../../runtime/clock';
import { RateLimiter } from '../../runtime/turns';
import { Parameters } from '../parameters';
import { LINK_REMEDY, PAGE_REMEDY } from './shareLinks';

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

export const DAMAGED: ImageProblem = {
	what: 'is damaged, or only a part of it is there',
	remedy: 'Open the image, save it again as PNG or JPG, and use that file.',
};

/** Why an image cannot begin or end a video; undefined when nothing speaks against it. */
export function imageProblem(content: ImageContent): ImageProblem | undefined {
	switch (content.type) {
		case 'other': {
			const { kind } = content;
			return {
				what: `is not a JPG, PNG or WebP image${kind ? ` but ${kind}` : ''}`,
				remedy:
					'Use an image of one of these kinds, for example by converting it with the Edit Image node.',
			};
		}
		case 'page':
			return { what: `is ${content.kind}, not an image`, remedy: PAGE_REMEDY };
		case 'closed':
			return { what: `cannot be opened at its link (${content.detail})`, remedy: LINK_REMEDY };
		case 'damaged':
			return DAMAGED;
		case 'animated':
			return {
				what: 'is an animation',
				remedy: 'Use a still image, for example its first frame as PNG or JPG.',
			};
		case 'still': {
			const { width, height } = content.size;
			if (Math.min(width, height) >= MIN_SIDE_PIXELS) return undefined;
			return {
				what: `has ${width}×${height} pixels`,
				remedy: `Use an image with at least ${MIN_SIDE_PIXELS} pixels on each side.`,
			};
		}
		case 'unknown':
			return undefined;
	}
}

/** An image with what is known of it. */
type SeenImage = { label: string; content: ImageContent };

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
	const contentOf = imageReader(context);
	const look = async (image: VideoImage): Promise<SeenImage> => ({
		label: image.label,
		content: await contentOf(image),
	});
	return await Promise.all(
		requests.map(async (request) => {
			const seen = await Promise.all((request.videoImages ?? []).map(look));
			return errorAbout(context, request, seen) ?? fitted(request, seen);
		}),
	);
}

/** Looks at each address once, and no more at a host that was too slow. */
function imageReader(context: IExecuteFunctions) {
	const clock = new RunClock(systemClock, context.getExecutionCancelSignal?.());
	const limiter = new RateLimiter(MAX_CONCURRENCY, clock);
	const contents = new Map<string, Promise<ImageContent>>();
	const slowHosts = new Set<string>();

	const look = async (url: string): Promise<ImageContent> => {
		const { host } = new URL(url);
		if (clock.aborted || slowHosts.has(host)) return { type: 'unknown', doubt: TOO_SLOW };
		const content = await imageAt(context, url);
		if ('doubt' in content && content.doubt === TOO_SLOW) slowHosts.add(host);
		return content;
	};
	return async (image: VideoImage): Promise<ImageContent> => {
		if ('size' in image) return { type: 'still', size: image.size };
		const { url } = image;
		const content = contents.get(url) ?? limiter.run(async () => await look(url));
		contents.set(url, content);
		return await content;
	};
}

function errorAbout(
	context: IExecuteFunctions,
	{ itemIndex }: JobRequest,
	images: SeenImage[],
): NodeOperationError | undefined {
	for (const { label, content } of images) {
		const problem = imageProblem(content);
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
	const size = sizeOf(images[0]);
	const isMatched = asked === MATCH_IMAGE;
	const matched = size ? nearestAspectRatio(size) : DEFAULT_ASPECT_RATIO;
	const ratio = isMatched ? matched : asked;
	const unmatched = isMatched && !size ? images[0] : undefined;
	return {
		...request,
		...(isMatched && { aspectRatio: matched }),
		hints: [
			...hints,
			...images.flatMap((image) => doubtHint(image, image === unmatched)),
			...images.flatMap((image) => croppedHint(image, ratio)),
		],
	};
}

function sizeOf({ content }: SeenImage): ImageSize | undefined {
	return 'size' in content ? content.size : undefined;
}

/** None where the image was looked at. */
function doubtHint({ label, content }: SeenImage, isUnmatched: boolean): string[] {
	if (!('doubt' in content)) return [];
	const ratio = isUnmatched
		? `, so the video is ${DEFAULT_ASPECT_RATIO}: choose another 'Aspect Ratio' if the image has a different form`
		: '';
	return [
		`'${label}' could not be read at its link (${content.doubt})${ratio}. Check that the link shows the image itself, without a login.`,
	];
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
