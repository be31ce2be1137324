import type { IExecuteFunctions } from 'n8n-workflow';

import { imageHeaderOf, type ImageHeader } from './imageSize';
import { openMedia } from './mediaRequest';
import { headOf, type Stream } from './mediaStream';

/** Milliseconds for a look at a picture on the web. */
const TIMEOUT_MS = 5_000;
/** A photo's preview and colour profile come before its size. */
const FIRST_BYTES = 4_096;
const MAX_BYTES = 512 * 1024;

/**
 * Reads the size of a picture on the web from its first bytes. The host sees no key.
 *
 * @returns undefined when the picture could not be looked at within 5 seconds
 */
export async function imageHeaderAt(
	context: IExecuteFunctions,
	url: string,
): Promise<ImageHeader | undefined> {
	const stopSignal = context.getExecutionCancelSignal?.();
	const signal = AbortSignal.any([
		AbortSignal.timeout(TIMEOUT_MS),
		...(stopSignal ? [stopSignal] : []),
	]);
	try {
		const { body, deadline } = await openMedia(context, url, signal, TIMEOUT_MS);
		const end = () => body.destroy();
		signal.addEventListener('abort', end, { once: true });
		try {
			const header = await headerIn(body);
			// What came until then is a part of the picture at most.
			return signal.aborted ? undefined : header;
		} finally {
			signal.removeEventListener('abort', end);
			end();
			deadline.close();
		}
	} catch {
		// Whatever it was: Luma may be able to load the picture all the same.
		return undefined;
	}
}

async function headerIn(body: Stream): Promise<ImageHeader> {
	for (let bytes = FIRST_BYTES; bytes <= MAX_BYTES; bytes *= 2) {
		const head = await headOf(body, bytes);
		const header = imageHeaderOf(head);
		if (header.type !== 'incomplete' || head.length < bytes) return header;
	}
	return { type: 'incomplete' };
}
