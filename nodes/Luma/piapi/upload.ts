import type { PiapiErrorCode } from '../messages/catalog';
import { UPLOAD_REMEDIES } from '../messages/remedies';
import { baseUrlProblem } from './addresses';
import { PiapiError, type PiapiErrorDetails } from './errors';
import type { ImageType } from './images';

/** Largest file that PiAPI's file store takes, in bytes. */
export const UPLOAD_LIMIT_BYTES = 10 * 1024 * 1024;

/** A file to be uploaded. */
export interface UploadFile {
	/** With the right ending, 128 characters at most. */
	name: string;
	/** Reads the bytes; once for each attempt. */
	read: () => Promise<Buffer>;
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
export function uploadError(error: unknown): unknown {
	if (!(error instanceof PiapiError)) return error;
	// A proxy can reject large requests by itself.
	const isTooLarge = error.details.httpStatus === 413;
	const meaning = UPLOAD_ERRORS[isTooLarge ? 'refusedInput' : error.code];
	if (!meaning) return error;
	const details: PiapiErrorDetails = { ...error.details };
	if (meaning.remedy) details.remedy = meaning.remedy;
	return new PiapiError(meaning.code, details);
}
