import { randomUUID } from 'node:crypto';
import { mediaFile, type MediaFile } from './media';

/** Largest upload, in bytes. */
export const uploadLimitBytes = 10 * 1024 * 1024;

const keptMs = 24 * 3600 * 1000;

const contentTypes = new Map([
	['jpg', 'image/jpeg'],
	['jpeg', 'image/jpeg'],
	['png', 'image/png'],
	['webp', 'image/webp'],
	['mp4', 'video/mp4'],
	['wav', 'audio/wav'],
	['mp3', 'audio/mpeg'],
]);

/** The extensions that an upload may have. */
export const uploadExtensions = [...contentTypes.keys()];

/** The files of customers, kept for a day. */
export class Uploads {
	readonly #files = new Map<string, { file: MediaFile; keptUntil: number }>();

	/** Keeps a file of one of the {@link uploadExtensions}; answers the name it is served under. */
	keep(extension: string, bytes: Buffer, now: number): string {
		const name = `${randomUUID()}.${extension}`;
		const file = mediaFile(contentTypes.get(extension)!, bytes);
		this.#files.set(name, { file, keptUntil: now + keptMs });
		return name;
	}

	find(name: string, now: number): MediaFile | undefined {
		const upload = this.#files.get(name);
		return upload && upload.keptUntil > now ? upload.file : undefined;
	}
}
