import { MATCH_IMAGE } from '../piapi/images';
import type { CreateTaskBody } from '../piapi/client';
import type { PiapiError } from '../piapi/errors';
import type { Job } from './job';
import type { ImageUpload, JobRequest } from './request';
import type { Run } from './run';

/**
 * Uploads the images of all items, each content once, before any task is made: an image that PiAPI
 * does not take costs nothing.
 */
export async function uploadImages(jobs: Job[], run: Run): Promise<void> {
	const urls = new Map<string, Promise<string>>();
	const urlOf = async ({ reference, fileName, read }: ImageUpload) => {
		const url = urls.get(reference) ?? run.piapi.upload({ name: fileName, read });
		urls.set(reference, url);
		return await url;
	};

	await Promise.all(
		jobs.map(async (job) => {
			const { uploads } = job.request;
			if (!uploads || !job.in('new')) return;
			try {
				const uploaded = uploads.map(
					async (image) => [image.reference, await urlOf(image)] as const,
				);
				job.enter({ status: 'new', imageUrls: new Map(await Promise.all(uploaded)) });
			} catch (error) {
				// After the end of the run the job stays as it was: nothing was made of it.
				if (!run.clock.aborted) job.fail(error as PiapiError);
			}
		}),
	);
}

/**
 * The request as PiAPI gets it: with addresses in place of the references to uploaded images, and with
 * the aspect ratio that matches an image.
 */
export function bodyToSend(
	body: CreateTaskBody,
	{ uploads = [], aspectRatio }: Pick<JobRequest, 'uploads' | 'aspectRatio'>,
	imageUrls: ReadonlyMap<string, string>,
): CreateTaskBody {
	const input = { ...body.input };
	for (const { field, reference } of uploads) {
		if (input[field] === reference) input[field] = imageUrls.get(reference);
	}
	if (input.aspect_ratio === MATCH_IMAGE) input.aspect_ratio = aspectRatio;
	return { ...body, input };
}
