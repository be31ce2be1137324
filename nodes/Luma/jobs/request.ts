import type { ImageSize } from '../images/facts';
import type { Take } from '../messages/items';
import type { CreateTaskBody } from '../piapi/client';
import type { AspectRatio } from '../piapi/images';
import type { OutputFormat } from './output';

/** How long and how to wait for a task. */
export interface WaitSettings {
	/** Milliseconds after which the wait is given up. */
	timeoutMs: number;
	/** Milliseconds between two reads; 0 = adaptive. */
	pollIntervalMs: number;
	/** What an item becomes at the time limit: an error, or output with status `timeout`. */
	onTimeout: 'error' | 'output';
}

export const TASK_FILES = ['video', 'thumbnail', 'lastFrame'] as const;

export type TaskFile = (typeof TASK_FILES)[number];

/** Which files of a task become binary data, and how. */
export interface FileSettings {
	files: TaskFile[];
	/** Name of the video's file without ending; absent for one that follows from the prompt. */
	fileName?: string;
	/** Binary field of the video, or of the only file. */
	property: string;
	/** Largest size of a file. */
	maxBytes: number;
	/** Ends the names of the files, where the item has several videos. */
	nameSuffix?: string;
}

/** A checked image that PiAPI has to be given before a task can use it. */
export interface ImageUpload {
	field: 'start_image' | 'end_image';
	/** A hash of the content; a placeholder in the task's input until there is an address. */
	reference: string;
	fileName: string;
	/** Reads the bytes; only called for the first of several equal images. */
	read: () => Promise<Buffer>;
}

/** An image that the video begins or ends with: its size, or where to read it. */
export type VideoImage = { label: string } & ({ size: ImageSize } | { url: string });

/** A new task, or one that was made earlier. */
export type JobSource =
	| { type: 'create'; body: CreateTaskBody }
	| { type: 'existing'; taskId: string };

/** One video, or one task, that an item requests. */
export interface JobRequest {
	itemIndex: number;
	/** Which of several videos of the item; absent when it is the only one. */
	take?: Take;
	source: JobSource;
	/** Absent when the node does not wait. */
	wait?: WaitSettings;
	output: OutputFormat;
	/** Images that are to be uploaded. */
	uploads?: ImageUpload[];
	/** The images of the video, by their size or link; the first one decides where the aspect ratio is to match. */
	videoImages?: VideoImage[];
	/** Replaces the placeholder in the request when the aspect ratio matches an image. */
	aspectRatio?: AspectRatio;
	/** Files that are to become binary data; absent when addresses are enough. */
	files?: FileSettings;
	/** What a person should know about the request; its prompt speaks for itself. */
	hints?: string[];
	/** Only checked and shown: nothing is made, nothing is paid. */
	dryRun?: boolean;
}
