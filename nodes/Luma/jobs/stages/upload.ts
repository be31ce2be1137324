import { MATCH_PICTURE } from '../../piapi/aspectRatio';
import type { CreateTaskBody } from '../../piapi/client';
import { catchPiapiError, PiapiError } from '../../piapi/errors';
import { retry } from '../../runtime/retry';
import type { Job } from '../job';
import type { FrameImage, JobRequest } from '../request';
import { failJob, send, type Run } from '../run';

/**
 * Uploads the images of all items, each content once, before any task is made: a picture that PiAPI
 * does not take costs nothing.
 */
export async function upload(jobs: Job[], run: Run): Promise<void> {
	const urls = new Map<string, Promise<string>>();
	const urlOf = async (image: FrameImage) => {
		const known = urls.get(image.reference) ?? uploadOne(image, run);
		urls.set(image.reference, known);
		return await known;
	};

	await Promise.all(
		jobs.map(async (job) => {
			const { images } = job.request;
			if (!images || !job.in('new')) return;
			const uploads = images.map(async (image) => [image.reference, await urlOf(image)] as const);
			const found = await catchPiapiError(Promise.all(uploads));
			if (!(found instanceof PiapiError)) {
				job.enter({ status: 'new', imageUrls: new Map(found) });
			} else if (!run.clock.aborted) {
				failJob(job, found, run);
			}
		}),
	);
}

async function uploadOne(image: FrameImage, run: Run): Promise<string> {
	return await retry(run.clock, async () => {
		const bytes = await image.read();
		const url = await send(run, async () => {
			return await run.client.upload({ name: image.fileName, bytes });
		});
		if (url instanceof PiapiError) throw url;
		return url;
	});
}

/**
 * The request as PiAPI gets it: with addresses in place of the references to uploaded images, and with
 * the aspect ratio that matches a picture.
 */
export function bodyToSend(
	body: CreateTaskBody,
	{ images = [], aspectRatio }: Pick<JobRequest, 'images' | 'aspectRatio'>,
	imageUrls: ReadonlyMap<string, string>,
): CreateTaskBody {
	const input = { ...body.input };
	for (const { field, reference } of images) {
		if (input[field] === reference) input[field] = imageUrls.get(reference);
	}
	if (input.aspect_ratio === MATCH_PICTURE) input.aspect_ratio = aspectRatio;
	return { ...body, input };
}
