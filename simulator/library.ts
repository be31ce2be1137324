/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Account } from './account';
import type { SimulatorOptions } from './contract';
import { paddedVideo, type MediaFile } from './media';
import type { AspectRatio, TaskInput } from './tasks';

/** The files of a finished task as its links name them, and how those in `media/` end. */
const endings: ReadonlyMap<string, string> = new Map([
	['video.mp4', '.watermarked.mp4'],
	['video_raw.mp4', '.mp4'],
	['thumbnail.jpg', '.thumbnail.jpg'],
	['last_frame.jpg', '.last_frame.jpg'],
]);

/** By the extensions that an upload may have. */
const contentTypes: ReadonlyMap<string, string> = new Map([
	['jpg', 'image/jpeg'],
	['jpeg', 'image/jpeg'],
	['png', 'image/png'],
	['webp', 'image/webp'],
	['mp4', 'video/mp4'],
	['wav', 'audio/wav'],
	['mp3', 'audio/mpeg'],
]);
export const uploadExtensions = [...contentTypes.keys()];
const uploadsKeptMs = 24 * 3600 * 1000;

/** All that media links can name: what tasks made, and what customers uploaded. */
export class Library {
	readonly #uploads = new Map<string, { file: MediaFile; keptUntil: number }>();

	constructor(
		private readonly account: Account,
		private readonly options: SimulatorOptions,
	) {}

	/** Keeps an upload for a day; answers the path it is served under. */
	keep(extension: string, bytes: Buffer, now: number): string {
		const name = `${randomUUID()}.${extension}`;
		const file = { contentType: contentTypes.get(extension)!, bytes, size: bytes.length };
		this.#uploads.set(name, { file, keptUntil: now + uploadsKeptMs });
		return `uploads/${name}`;
	}

	/** @param path - what follows `/media/` */
	find(path: string, now: number): MediaFile | 'missing' | 'expired' {
		const [folder, name = ''] = path.split('/');
		if (folder === 'uploads') {
			const { file, keptUntil = 0 } = this.#uploads.get(name) ?? {};
			return file && keptUntil > now ? file : 'missing';
		}
		const task = this.account.tasks.get(folder);
		const { status, endedAt = now } = task?.stateAt(now) ?? {};
		const ending = endings.get(name);
		if (!task || status !== 'completed' || ending === undefined) return 'missing';
		const { linksExpireAfterSeconds = Infinity, mediaBytes = 0 } = this.options;
		if (now >= endedAt + linksExpireAfterSeconds * 1000) return 'expired';
		const source = this.aspectRatioOf(task.input).replace(':', 'x') + ending;
		const bytes = readFileSync(join(__dirname, 'media', source));
		if (name.endsWith('.mp4')) return paddedVideo(bytes, mediaBytes);
		return { contentType: 'image/jpeg', bytes, size: bytes.length };
	}

	/** The first input image that should be here and is not; others are taken to exist. */
	findMissingImage(input: TaskInput, baseUrl: string, now: number): string | undefined {
		const { frame0, frame1 } = input.key_frames ?? {};
		const start = `${baseUrl}/media/`;
		const isMissing = (url?: string | null) =>
			url?.startsWith(start) && typeof this.find(url.slice(start.length), now) === 'string';
		return [input.start_image, input.end_image, frame0?.url, frame1?.url].find(isMissing);
	}

	/** The shape of a task's video: what was asked for, or that of the video it continues. */
	aspectRatioOf(input: TaskInput): AspectRatio {
		if (input.aspect_ratio) return input.aspect_ratio;
		const { frame0, frame1 } = input.key_frames ?? {};
		const id = frame0?.id ?? frame1?.id;
		const source = id && this.account.find(id);
		return source ? this.aspectRatioOf(source.input) : '16:9';
	}
}
