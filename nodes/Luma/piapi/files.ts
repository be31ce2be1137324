import type { PiapiErrorCode } from '../messages/errorCatalog';
import { UPLOAD_REMEDIES } from '../messages/remedies';
import { baseUrlProblem } from './addresses';
import { PiapiError, type PiapiErrorDetails } from './errors';

/** Largest file that PiAPI's file store takes, in bytes. */
export const UPLOAD_LIMIT_BYTES = 10 * 1024 * 1024;

type ImageType = 'jpg' | 'png' | 'webp';

/** A file to be uploaded. */
export interface UploadFile {
	/** With the right ending, 128 characters at most. */
	name: string;
	bytes: Buffer;
}

/** The type of a picture by its first bytes, since the name proves nothing; undefined for anything else. */
export function imageTypeOf(bytes: Buffer): ImageType | undefined {
	if (begins(bytes, '\xff\xd8\xff')) return 'jpg';
	if (begins(bytes, '\x89PNG\r\n\x1a\n')) return 'png';
	if (begins(bytes, 'RIFF') && begins(bytes.subarray(8), 'WEBP')) return 'webp';
	return undefined;
}

function begins(bytes: Buffer, signature: string): boolean {
	return bytes.toString('latin1', 0, signature.length) === signature;
}

const MAX_STEM_LENGTH = 100;

/** A name that PiAPI accepts, as close as possible to the file's own. */
export function uploadName(fileName: string | undefined, type: ImageType): string {
	const stem = (fileName ?? '')
		.replace(/\.[^.]*$/, '')
		.replace(/[^\w-]+/g, '-')
		.slice(0, MAX_STEM_LENGTH);
	return `${/\w/.test(stem) ? stem : 'image'}.${type}`;
}

/** @throws PiapiError when the key may not be sent to the credential's Upload URL */
export function checkUploadAddress(address: string): void {
	const problem = baseUrlProblem(address);
	if (problem) throw new PiapiError('unsafeBaseUrl', { remedy: `'Upload URL': ${problem}` });
}

const UPLOAD_ERRORS: Partial<Record<PiapiErrorCode, { code: PiapiErrorCode; remedy?: string }>> = {
	planTooLow: { code: 'uploadPlan' },
	refusedInput: { code: 'uploadRefused' },
	unknownTask: { code: 'uploadRefused', remedy: UPLOAD_REMEDIES.noFileStore },
	redirected: { code: 'redirected', remedy: UPLOAD_REMEDIES.redirected },
	unreadable: { code: 'unreadable', remedy: UPLOAD_REMEDIES.unreadable },
	unreachable: { code: 'unreachable', remedy: UPLOAD_REMEDIES.unreachable },
};

/** What an error means for an upload, where that differs from its meaning for a task. */
export function uploadError(error: PiapiError): PiapiError {
	// A proxy can reject large requests by itself.
	const isTooLarge = error.details.httpStatus === 413;
	const meaning = UPLOAD_ERRORS[isTooLarge ? 'refusedInput' : error.code];
	if (!meaning) return error;
	const details: PiapiErrorDetails = { ...error.details };
	if (meaning.remedy) details.remedy = meaning.remedy;
	return new PiapiError(meaning.code, details);
}
