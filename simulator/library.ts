import type { AspectRatio, SimulatorOptions, TaskInput } from './contract';
import { videoFiles, isVideoFile } from './videoFiles';
import { mediaFile, paddedVideo, type MediaFile } from './media';
import type { SimulatedTask } from './tasks';
import type { Uploads } from './uploads';

/** All that media links can name: what tasks made, and what customers uploaded. */
export class Library {
	constructor(
		private readonly tasks: ReadonlyMap<string, SimulatedTask>,
		private readonly uploads: Uploads,
		private readonly options: Pick<SimulatorOptions, 'linksExpireAfterSeconds' | 'mediaBytes'>,
	) {}

	/** @param path - what follows `/media/` */
	find(path: string, now: number): MediaFile | 'missing' | 'expired' {
		const [folder, name = ''] = path.split('/');
		if (folder === 'uploads') return this.uploads.find(name, now) ?? 'missing';
		const task = this.tasks.get(folder);
		const { status, endedAt = now } = task?.stateAt(now) ?? {};
		if (!task || status !== 'completed' || !isVideoFile(name)) return 'missing';
		const { linksExpireAfterSeconds = Infinity, mediaBytes } = this.options;
		if (now >= endedAt + linksExpireAfterSeconds * 1000) return 'expired';
		const bytes = videoFiles(this.aspectRatioOf(task.input), name);
		if (name.endsWith('.jpg')) return mediaFile('image/jpeg', bytes);
		return paddedVideo(bytes, mediaBytes ?? 0);
	}

	/** The first input image that should be here and is not; others are taken to exist. */
	findMissingImage(input: TaskInput, baseUrl: string, now: number): string | undefined {
		const { frame0, frame1 } = input.key_frames ?? {};
		return [input.start_image, input.end_image, frame0?.url, frame1?.url].find((url) => {
			if (typeof url !== 'string' || new URL(url).origin !== new URL(baseUrl).origin) return false;
			const path = /^\/media\/(.+)$/.exec(new URL(url).pathname)?.[1] ?? '';
			return typeof this.find(path, now) === 'string';
		});
	}

	/** The shape of a task's video: what was asked for, or that of the video it continues. */
	aspectRatioOf(input: TaskInput): AspectRatio {
		if (input.aspect_ratio) return input.aspect_ratio;
		const id = input.key_frames?.frame0?.id ?? input.key_frames?.frame1?.id;
		if (id === undefined) return '16:9';
		const source =
			this.tasks.get(id) ?? [...this.tasks.values()].find((task) => task.generationId === id);
		return source ? this.aspectRatioOf(source.input) : '16:9';
	}
}
