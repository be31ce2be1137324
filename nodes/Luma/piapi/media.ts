import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import { tooLargeRemedy } from '../messages/remedies';
import { PiapiError } from './errors';
import { numberOf } from './json';
import { badLink, interrupted, openMedia } from './mediaRequest';
import { endIfSlow, headOf, DEFAULT_PACE, type Pace, type Stream } from './mediaStream';
import { areOfOneKind, HEAD_BYTES, mediaTypeOf, MP4, type MediaType } from './mediaType';

/** A file to fetch. */
export interface MediaFile {
	url: string;
	/** Without its extension, which follows from the content. */
	stem: string;
	/** What is expected; another video type, or picture type, is accepted as well. */
	type: MediaType;
	/** Bytes; a larger file is rejected. */
	maxBytes: number;
}

/** Streams a file into n8n's binary data. Rejects with `PiapiError` and nothing else. */
export type StoreFile = (file: MediaFile) => Promise<IBinaryData>;

/**
 * Downloads from a media host into n8n's binary data. The host never sees the key: no credential is
 * used. The file goes through as a stream, so that it does not fill the memory.
 *
 * @param endSignal aborts what is under way
 * @param pace how slowly a file may come
 */
export function mediaStore(
	context: IExecuteFunctions,
	endSignal: AbortSignal,
	pace = DEFAULT_PACE,
): StoreFile {
	return async (file) => {
		const { headers, body, deadline } = await openMedia(
			context,
			file.url,
			endSignal,
			pace.windowMs,
		);
		try {
			const size = numberOf(headers['content-length']);
			if (size !== null && size > file.maxBytes) throw tooLarge(file.maxBytes);
			return await keep(context, file, body, pace);
		} catch (error) {
			throw downloadErrorFrom(error, body);
		} finally {
			body.destroy();
			deadline.close();
		}
	};
}

/** n8n offers nodes no way to delete a stored file, so the content is checked before it is stored. */
async function keep(
	context: IExecuteFunctions,
	{ stem, type, maxBytes }: MediaFile,
	body: Stream,
	pace: Pace,
): Promise<IBinaryData> {
	let bytes = 0;
	endIfSlow(body, () => bytes, pace);
	const head = await headOf(body, HEAD_BYTES);
	const { ending, mimeType } = checkedType(head, type);
	const counted = body.map((chunk: Buffer) => {
		bytes += chunk.length;
		if (bytes > maxBytes) throw tooLarge(maxBytes);
		return chunk;
	});
	return await context.helpers.prepareBinaryData(counted, `${stem}.${ending}`, mimeType);
}

/** @throws PiapiError when the file does not begin as what is to come */
function checkedType(head: Buffer, expected: MediaType): MediaType {
	if (head.length === 0)
		throw new PiapiError('downloadBrokeOff', { technicalDetail: 'empty file' });
	const type = head.length < HEAD_BYTES ? undefined : mediaTypeOf(head);
	if (type && areOfOneKind(type, expected)) return type;
	throw badLink(`the content is no ${areOfOneKind(expected, MP4) ? 'video' : 'image'}`);
}

/** A file that did not arrive is told apart from one that n8n could not store. */
function downloadErrorFrom(error: unknown, body: Stream): PiapiError {
	if (error instanceof PiapiError) return error;
	if (body.errored) return interrupted(error);
	return new PiapiError('notStored', { technicalDetail: (error as Error).message });
}

const MB = 1024 * 1024;

function tooLarge(maxBytes: number): PiapiError {
	const limitMb = Math.round((maxBytes / MB) * 100) / 100;
	return new PiapiError('downloadTooLarge', { remedy: tooLargeRemedy(limitMb) });
}
