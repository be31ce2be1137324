import type { CreateTaskBody } from '../piapi/client';
import { orTrouble, PiapiTrouble } from '../piapi/errors';
import { isOrdered, type Generation } from './generation';
import { persist } from './persist';
import type { FrameImage } from './request';
import type { Run } from './run';

/**
 * Uploads the images of all items, each content once, before any task is made: a picture that PiAPI
 * does not take costs nothing.
 */
export async function upload(generations: Generation[], run: Run): Promise<void> {
	const addresses = new Map<string, Promise<string>>();
	const addressOf = async (image: FrameImage) => {
		const known = addresses.get(image.reference) ?? uploadOne(image, run);
		addresses.set(image.reference, known);
		return await known;
	};

	await Promise.all(
		generations.map(async (generation) => {
			const { images } = generation.request;
			if (!images || isOrdered(generation)) return;
			const found = await orTrouble(
				Promise.all(
					images.map(async (image) => [image.reference, await addressOf(image)] as const),
				),
			);
			if (!(found instanceof PiapiTrouble)) generation.imageAddresses = new Map(found);
			else if (!run.clock.ended) generation.trouble = found;
			if (generation.trouble && run.failFast) run.clock.end();
		}),
	);
}

async function uploadOne(image: FrameImage, { client, clock, gate }: Run): Promise<string> {
	return await gate.pass(async () => {
		if (clock.ended) throw new PiapiTrouble('stopped');
		return await persist(clock, async () => {
			const bytes = await image.read();
			return await client.upload({ name: image.fileName, bytes });
		});
	});
}

/** The request as PiAPI gets it: with addresses in place of the references to uploaded images. */
export function withImageAddresses(
	body: CreateTaskBody,
	{ request: { images = [] }, imageAddresses }: Pick<Generation, 'request' | 'imageAddresses'>,
): CreateTaskBody {
	const input = { ...body.input };
	for (const { field, reference } of images) {
		if (input[field] === reference) input[field] = imageAddresses?.get(reference);
	}
	return { ...body, input };
}
