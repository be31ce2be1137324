import { NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';

import type { FramePicture, JobRequest } from '../../jobs/request';
import {
	croppedShare,
	DEFAULT_ASPECT_RATIO,
	isAspectRatio,
	MATCH_PICTURE,
	nearestAspectRatio,
} from '../../piapi/aspectRatio';
import { imageHeaderAt } from '../../piapi/imageProbe';
import type { ImageHeader, ImageSize } from '../../piapi/imageSize';
import { RunClock, systemClock } from '../../runtime/clock';
import { RateLimiter } from '../../runtime/rateLimiter';
import { validationError } from '../validation';
import { pictureProblem } from './pictureCheck';

/** Pictures that are looked at on the web at the same time. */
const MAX_CONCURRENCY = 10;
/** A larger part of the picture that is cut off is worth a hint. */
const MAX_CROPPED_SHARE = 0.25;

/** A picture with what its first bytes tell; nothing when it could not be looked at. */
type SeenPicture = { label: string; header?: ImageHeader };

/**
 * Looks at the pictures of all requests: finds the aspect ratio where it is to match the picture, and
 * adds a hint where much of a picture would be cut off.
 *
 * @returns in place of a request whose picture cannot be used, the error
 */
export async function fitToPictures(
	context: IExecuteFunctions,
	requests: JobRequest[],
): Promise<Array<JobRequest | NodeOperationError>> {
	const headerOf = pictureReader(context);
	return await Promise.all(
		requests.map(async (request) => {
			const { pictures = [] } = request;
			const seen = await Promise.all(
				pictures.map(async (picture) => ({
					label: picture.label,
					header: await headerOf(picture),
				})),
			);
			return errorAbout(context, request, seen) ?? fitted(request, seen);
		}),
	);
}

/** Looks at each address once, and at a host that gave no answer not again. */
function pictureReader(context: IExecuteFunctions) {
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
	return async (picture: FramePicture): Promise<ImageHeader | undefined> => {
		if ('size' in picture) return { type: 'still', size: picture.size };
		const { url } = picture;
		const header = headers.get(url) ?? limiter.run(async () => await look(url));
		headers.set(url, header);
		return await header;
	};
}

function errorAbout(
	context: IExecuteFunctions,
	{ itemIndex }: JobRequest,
	pictures: SeenPicture[],
): NodeOperationError | undefined {
	for (const { label, header } of pictures) {
		const problem = header && pictureProblem(header);
		if (problem) {
			return validationError(context, itemIndex, `'${label}' ${problem.what}`, problem.remedy);
		}
	}
	return undefined;
}

function fitted(request: JobRequest, pictures: SeenPicture[]): JobRequest {
	const { source, hints = [] } = request;
	if (pictures.length === 0 || source.type !== 'create') return request;
	const asked = source.body.input.aspect_ratio;
	const sizes = pictures.map(({ header }) => sizeIn(header));
	const [first] = sizes;
	const own: string[] = [];

	const isMatched = asked === MATCH_PICTURE;
	const matched = first ? nearestAspectRatio(first) : DEFAULT_ASPECT_RATIO;
	if (isMatched && !first) own.push(unseenHint(pictures[0].label));
	const ratio = isMatched ? matched : asked;
	pictures.forEach(({ label }, index) => {
		const size = sizes[index];
		if (!size || !isAspectRatio(ratio)) return;
		const share = croppedShare(size, ratio);
		if (share > MAX_CROPPED_SHARE) own.push(croppedHint(label, size, ratio, share));
	});
	return {
		...request,
		...(isMatched && { aspectRatio: matched }),
		hints: [...hints, ...own],
	};
}

function sizeIn(header: ImageHeader | undefined): ImageSize | undefined {
	return header && 'size' in header ? header.size : undefined;
}

function unseenHint(label: string): string {
	return `The size of '${label}' could not be read at its link, so the video is ${DEFAULT_ASPECT_RATIO}. Choose another 'Aspect Ratio' if the image has a different form.`;
}

function croppedHint(
	label: string,
	{ width, height }: ImageSize,
	ratio: string,
	share: number,
): string {
	return `'${label}' has ${width}×${height} pixels and the video is ${ratio}: about ${Math.round(share * 100)}% of the image can be cut off. Choose the 'Aspect Ratio' that is nearest to the image, or crop it first.`;
}
