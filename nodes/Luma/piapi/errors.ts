import type { Task } from './task';

/**
 * The error catalog: what can go wrong between this package and PiAPI, what it means for the person who
 * runs the workflow, and what to do about it.
 */
export const ERROR_CATALOG = {
	wrongKey: {
		title: 'PiAPI does not accept this key',
		remedy:
			'Check the PiAPI key: open the credential, paste the key again from app.piapi.ai (Keys) and press Test.',
	},
	planTooLow: {
		title: 'Your PiAPI plan does not include this',
		remedy: 'Change the plan at app.piapi.ai, or use a key of a workspace that has it.',
	},
	outOfBalance: {
		title: 'Your PiAPI balance is too low for this video',
		remedy:
			'Top up at app.piapi.ai (Billing) and run the workflow again. Nothing was charged for this item.',
	},
	refusedInput: {
		title: 'PiAPI rejected the request',
		remedy:
			'Compare the fields of this node with what PiAPI says here, correct them and run again. Nothing was charged.',
	},
	tooManyRequests: {
		title: 'PiAPI asks for fewer requests at a time',
		remedy: "Run again in a minute, or lower 'Max Concurrency' in the options of this node.",
	},
	unknownTask: {
		title: 'PiAPI does not know this task',
		remedy:
			'Check the task ID, and that the credential belongs to the workspace that made the task. PiAPI deletes tasks after a while.',
	},
	unreachable: {
		title: 'PiAPI could not be reached',
		remedy:
			'Check the Base URL in the PiAPI credential and the network of your n8n. Nothing reached PiAPI, so nothing was charged for this request.',
	},
	noAnswer: {
		title: 'The connection to PiAPI broke off before an answer came',
		remedy: 'Run again in a minute. If it happens again, check the network of your n8n.',
	},
	serviceDown: {
		title: 'PiAPI is not working right now',
		remedy: 'Wait a few minutes, then run again.',
	},
	unreadable: {
		title: 'The answer did not come from PiAPI, or only a part of it did',
		remedy: 'Check the Base URL in the PiAPI credential. If it is right, run again in a minute.',
	},
	redirected: {
		title: 'The Base URL of the PiAPI credential redirects to another address',
		remedy:
			'Your key is not sent along to other addresses. Enter the final address as Base URL in the PiAPI credential.',
	},
	notPiapi: {
		title: 'There is no PiAPI at the Base URL of the credential',
		remedy: 'Open the PiAPI credential, correct the Base URL and press Test.',
	},
	unsafeBaseUrl: {
		title: 'The PiAPI credential needs a correction',
		remedy: 'Open the PiAPI credential and correct the Base URL.',
	},
	moderated: {
		title: "Luma's content check rejected this video",
		remedy:
			'Rephrase the prompt or use another image, then run again. A rejected video is not charged.',
	},
	imageNotLoaded: {
		title: 'Luma could not load the image',
		remedy:
			'Open the image address in a private browser window: it has to show the picture itself (JPG, PNG or WebP), without a login. The video is not charged.',
	},
	generationFailed: {
		title: 'Luma could not make this video',
		remedy: 'Run again, or change the prompt or image. A video that was not made is not charged.',
	},
	cancelled: {
		title: 'The task was cancelled before the video was made',
		remedy: 'Run again if you still want the video. A cancelled task is not charged.',
	},
	withoutVideo: {
		title: 'PiAPI says that the video is finished, but gives no link to it',
		remedy: 'Read the task with Task → Get and Simplify switched off, and ask PiAPI about it.',
	},
	timeLimit: {
		title: 'The video was not finished within the time limit',
		remedy:
			"PiAPI keeps working on it and nothing is lost. Get the video with Task → Wait and the task ID, or raise 'Timeout (Minutes)' in the options.",
	},
	creationUnconfirmed: {
		title: 'The video may have been created, but PiAPI never confirmed it',
		remedy:
			'Look at the task list at app.piapi.ai before you run this item again, so that nothing is paid twice. If the task is there, get its video with Task → Wait.',
	},
	spendLimit: {
		title: 'This video would exceed the spending limit of the node',
		remedy:
			"Raise 'Max Spend (USD)' in the options, or run fewer items. Nothing was created for this item.",
	},
	dailyLimit: {
		title: 'This video would exceed the daily spending limit of the PiAPI credential',
		remedy:
			"There is room again when videos of today are 24 hours old. Or raise 'Daily Spending Limit (USD)' in the PiAPI credential. Nothing was created for this item.",
	},
	spendingUnknown: {
		title: "PiAPI's task list could not be read, so nothing was created",
		remedy:
			"The PiAPI credential has a 'Daily Spending Limit (USD)', and the task list shows how much of it is left. Nothing was charged for this item: run it again in a minute.",
	},
	balanceLimit: {
		title: "This video would take your PiAPI balance below 'Keep Balance Above (USD)'",
		remedy:
			"Top up at app.piapi.ai (Billing), or lower 'Keep Balance Above (USD)' in the options. Nothing was created for this item.",
	},
	balanceUnknown: {
		title: 'Your PiAPI balance could not be read, so nothing was created',
		remedy:
			"'Keep Balance Above (USD)' is set in the options, and only the balance shows how much can be spent. Nothing was charged for this item: run it again in a minute.",
	},
	uploadPlan: {
		title: 'Your PiAPI plan does not include uploading images',
		remedy:
			'PiAPI takes image files from the Creator plan on: change the plan at app.piapi.ai. Or host the image elsewhere, set the image source to Web Address and enter its address. No video was created for this item.',
	},
	uploadRefused: {
		title: 'PiAPI did not accept the image file',
		remedy:
			'Use a JPG, PNG or WebP picture of at most 10 MB, or host the image elsewhere and enter its address. No video was created for this item.',
	},
	notCompleted: {
		title: 'There is nothing to download, because the task is not completed',
		remedy: 'Wait for the video with Task → Wait, then download it.',
	},
	withoutFile: {
		title: 'PiAPI has none of the chosen files for this task',
		remedy: 'Choose Video among the files to download, or leave the files out.',
	},
	linkExpired: {
		title: 'The link to the file does not work any more',
		remedy:
			'PiAPI keeps files for a limited time. Read the task again with Task → Get to see whether it has a fresh link. If not, ask PiAPI for the file soon, with the task ID.',
	},
	badLink: {
		title: 'The link does not lead to a file',
		remedy:
			'Open the address in a browser: it has to show the video or picture itself. Read the task again with Task → Get for its links.',
	},
	downloadTooLarge: {
		title: "The file is larger than 'Max Download (MB)' allows",
		remedy:
			"Raise 'Max Download (MB)' in the options if your n8n has the memory and disk for it, or use the link instead of the file.",
	},
	downloadBrokeOff: {
		title: 'The file could not be downloaded completely',
		remedy: 'The video is not lost: download it again with Video → Download.',
	},
	notStored: {
		title: 'n8n could not store the downloaded file',
		remedy:
			'Look at the free disk space and the binary data settings of your n8n, then download it again with Video → Download.',
	},
	stopped: {
		title: 'The execution was stopped',
		remedy:
			"Tasks that had not started are cancelled, unless 'Cancel on Stop' is off. Those that continue are named in the log of n8n: get their videos with Task → Wait.",
	},
} as const;

export type PiapiErrorCode = keyof typeof ERROR_CATALOG;

/** What is known besides the code. */
export interface PiapiErrorDetails {
	/** PiAPI's own message, shown beside ours. */
	providerMessage?: string;
	/** For a technician: a code such as `ECONNRESET`, or what was found instead of a file. */
	technicalDetail?: string;
	httpStatus?: number;
	/** Milliseconds to wait, when the response had a Retry-After. */
	retryAfterMs?: number;
	taskId?: string;
	/** Replaces the remedy of the catalog where more is known. */
	remedy?: string;
}

/** PiAPI, or the way to it, did not do what was asked. Carries no request, so no key. */
export class PiapiError extends Error {
	override readonly name: string = 'PiapiError';

	readonly remedy: string;

	constructor(
		readonly code: PiapiErrorCode,
		readonly details: PiapiErrorDetails = {},
	) {
		super(ERROR_CATALOG[code].title);
		this.remedy = details.remedy ?? ERROR_CATALOG[code].remedy;
	}

	/** The same, naming the task unless it names one. */
	about(taskId: string): PiapiError {
		if (this.details.taskId !== undefined) return this;
		return new PiapiError(this.code, { ...this.details, taskId });
	}
}

/** A file of an existing video could not be downloaded: what is known of the video is kept. */
export class DownloadError extends PiapiError {
	override readonly name = 'DownloadError';

	/** @param video the task as last seen, or the link that was given */
	constructor(
		code: PiapiErrorCode,
		details: PiapiErrorDetails,
		readonly video: { task: Task } | { videoUrl: string },
	) {
		super(code, details);
	}

	get videoUrl(): string | null {
		return 'task' in this.video ? this.video.task.videoUrl : this.video.videoUrl;
	}
}

/** Returns a PiapiError as a value instead of rejecting; any other error is still thrown. */
export async function catchPiapiError<T>(work: Promise<T>): Promise<T | PiapiError> {
	return await work.catch((error: unknown) => {
		if (error instanceof PiapiError) return error;
		throw error;
	});
}

const RETRYABLE: ReadonlySet<PiapiErrorCode> = new Set([
	'tooManyRequests',
	'unreachable',
	'noAnswer',
	'serviceDown',
	'unreadable',
	'downloadBrokeOff',
]);

/** Whether the same request can succeed later: a read that met this is repeated. */
export function isRetryable(error: PiapiError): boolean {
	return RETRYABLE.has(error.code);
}

const DEFINITELY_NOT_CREATED: ReadonlySet<PiapiErrorCode> = new Set([
	'wrongKey',
	'planTooLow',
	'outOfBalance',
	'refusedInput',
	'tooManyRequests',
	'unknownTask',
	'unreachable',
	'redirected',
	'unsafeBaseUrl',
	'moderated',
	'imageNotLoaded',
	'generationFailed',
	'stopped',
]);

/** Whether a create that met this cannot have made a task, so that nothing was paid. */
export function isDefinitelyNotCreated(error: PiapiError): boolean {
	return DEFINITELY_NOT_CREATED.has(error.code);
}
