import { baseUrlRemark } from './addresses';
import { PiapiTrouble, type TroubleFacts, type TroubleKind } from './errors';

/** Largest file that PiAPI's file store takes, in bytes. */
export const UPLOAD_LIMIT_BYTES = 10 * 1024 * 1024;

export type ImageType = 'jpg' | 'png' | 'webp';

/** A file on its way to PiAPI. */
export interface UploadFile {
	/** With the right ending, 128 characters at most. */
	name: string;
	bytes: Buffer;
}

/** The kind of picture by its first bytes, since a name can say anything; undefined for all else. */
export function imageTypeOf(bytes: Buffer): ImageType | undefined {
	if (begins(bytes, '\xff\xd8\xff')) return 'jpg';
	if (begins(bytes, '\x89PNG\r\n\x1a\n')) return 'png';
	if (begins(bytes, 'RIFF') && begins(bytes.subarray(8), 'WEBP')) return 'webp';
	return undefined;
}

function begins(bytes: Buffer, signature: string): boolean {
	return bytes.toString('latin1', 0, signature.length) === signature;
}

const LONGEST_STEM = 100;

/** A name that PiAPI takes, as close as possible to the file's own. */
export function uploadName(fileName: string | undefined, type: ImageType): string {
	const stem = (fileName ?? '')
		.replace(/\.[^.]*$/, '')
		.replace(/[^\w-]+/g, '-')
		.slice(0, LONGEST_STEM);
	return `${/\w/.test(stem) ? stem : 'image'}.${type}`;
}

/** @throws PiapiTrouble when the key may not be sent to the credential's Upload URL */
export function checkUploadAddress(address: string): void {
	const remark = baseUrlRemark(address);
	if (remark) throw new PiapiTrouble('refusedAddress', { remedy: `Upload URL: ${remark}` });
}

const UPLOAD_KINDS: Partial<Record<TroubleKind, { kind: TroubleKind; remedy?: string }>> = {
	planTooLow: { kind: 'uploadPlan' },
	refusedInput: { kind: 'uploadRefused' },
	unknownTask: {
		kind: 'uploadRefused',
		remedy: 'Check the Upload URL in the PiAPI credential: there is no file store at this address.',
	},
	redirected: {
		kind: 'redirected',
		remedy:
			'Your key is not sent along to other addresses. Enter the final address as Upload URL in the PiAPI credential.',
	},
	unreadable: {
		kind: 'unreadable',
		remedy:
			'Check the Upload URL in the PiAPI credential. If it is right, run again in a minute. No video was ordered for this item.',
	},
	unreachable: {
		kind: 'unreachable',
		remedy:
			'Check the Upload URL in the PiAPI credential and the network of your n8n. No video was ordered for this item.',
	},
};

/** What trouble with an upload means, where it means something else than with a task. */
export function uploadTrouble(trouble: PiapiTrouble): PiapiTrouble {
	// A proxy that takes no large requests says so itself.
	const isTooLarge = trouble.facts.httpStatus === 413;
	const meaning = UPLOAD_KINDS[isTooLarge ? 'refusedInput' : trouble.kind];
	if (!meaning) return trouble;
	const facts: TroubleFacts = { ...trouble.facts };
	if (meaning.remedy) facts.remedy = meaning.remedy;
	return new PiapiTrouble(meaning.kind, facts);
}
