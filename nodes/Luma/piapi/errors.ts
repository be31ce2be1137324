import type { Task } from './task';

/**
 * The one table of what can go wrong between this package and PiAPI: what it means for the person
 * who runs the workflow, and what to do about it.
 */
export const TROUBLES = {
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
		title: 'PiAPI turned the request down',
		remedy:
			'Compare the fields of this node with what PiAPI says here, correct them and run again. Nothing was charged.',
	},
	tooManyRequests: {
		title: 'PiAPI asks for fewer requests at a time',
		remedy: 'Run again in a minute, or lower Max Concurrency in the options of this node.',
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
		remedy: 'Run again in a minute. If this goes on, look at the network of your n8n.',
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
		title: 'The Base URL of the PiAPI credential points on to another address',
		remedy:
			'Your key is not sent along to other addresses. Enter the final address as Base URL in the PiAPI credential.',
	},
	notPiapi: {
		title: 'There is no PiAPI at the Base URL of the credential',
		remedy: 'Open the PiAPI credential, correct the Base URL and press Test.',
	},
	refusedAddress: {
		title: 'The PiAPI credential needs a correction',
		remedy: 'Open the PiAPI credential and correct the Base URL.',
	},
	moderated: {
		title: "Luma's content check turned this video down",
		remedy:
			'Rephrase the prompt or use another image, then run again. A refused video is not charged.',
	},
	imageNotLoaded: {
		title: 'Luma could not load the image',
		remedy:
			'Open the image address in a private browser window: it has to show the picture itself (JPG, PNG or WebP), without a login. The video is not charged.',
	},
	notMade: {
		title: 'Luma could not make this video',
		remedy: 'Run again, or change the prompt or image. A video that was not made is not charged.',
	},
	cancelled: {
		title: 'The task was cancelled before the video was made',
		remedy: 'Run again if you still want the video. A cancelled task is not charged.',
	},
	withoutVideo: {
		title: 'PiAPI says the video is done, but gives no address for it',
		remedy: 'Read the task with Task → Get and Simplify switched off, and ask PiAPI about it.',
	},
	timeLimit: {
		title: 'The video was not finished within the time limit',
		remedy:
			'The task goes on at PiAPI and nothing is lost. Pick it up with Task → Wait and its task ID, or raise Timeout in the options.',
	},
	mayHaveBeenMade: {
		title: 'The video may have been ordered, but PiAPI never confirmed it',
		remedy:
			'Look at the task list at app.piapi.ai before you run this item again, so that nothing is paid twice. If the task is there, pick it up with Task → Wait.',
	},
	spendLimit: {
		title: 'This video would pass the spending limit of the node',
		remedy:
			'Raise Max Spend (USD) in the options, or run fewer items. Nothing was ordered for this item.',
	},
	uploadPlan: {
		title: 'Your PiAPI plan does not include uploading images',
		remedy:
			'PiAPI takes image files from the Creator plan on: change the plan at app.piapi.ai. Or host the image elsewhere, set the image source to Web Address and enter its address. No video was ordered for this item.',
	},
	uploadRefused: {
		title: 'PiAPI did not take the image file',
		remedy:
			'Use a JPG, PNG or WebP picture of at most 10 MB, or host the image elsewhere and enter its address. No video was ordered for this item.',
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
		title: 'The file is larger than Max Download (MB) allows',
		remedy:
			'Raise Max Download (MB) in the options if your n8n has the memory and disk for it, or hand on the address instead of the file.',
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
			'Tasks that had not started are cancelled, unless Cancel on Stop is off. Those that go on are named in the log of n8n: pick them up with Task → Wait.',
	},
} as const;

export type TroubleKind = keyof typeof TROUBLES;

/** What is known about a piece of trouble besides its kind. */
export interface TroubleFacts {
	/** PiAPI's own words, shown beside ours. */
	said?: string;
	/** A code such as `ECONNRESET`, or what else a technician wants to know; nobody's words. */
	detail?: string;
	httpStatus?: number;
	/** Milliseconds to wait, when the answer had a Retry-After. */
	retryAfterMs?: number;
	taskId?: string;
	/** The task as last seen, so that nothing that is known of it gets lost. */
	task?: Task;
	/** Address of a video that was made all the same. */
	videoUrl?: string;
	/** Replaces the remedy of the table where more is known. */
	remedy?: string;
}

/** PiAPI, or the way to it, did not do what was asked. Carries no request, so no key. */
export class PiapiTrouble extends Error {
	override readonly name = 'PiapiTrouble';

	readonly remedy: string;

	constructor(
		readonly kind: TroubleKind,
		readonly facts: TroubleFacts = {},
	) {
		super(TROUBLES[kind].title);
		this.remedy = facts.remedy ?? TROUBLES[kind].remedy;
	}
}

/** Brings the trouble as a value instead of a rejection; anything but trouble is still thrown. */
export async function orTrouble<T>(work: Promise<T>): Promise<T | PiapiTrouble> {
	return await work.catch((error: unknown) => {
		if (error instanceof PiapiTrouble) return error;
		throw error;
	});
}

const PASSING: ReadonlySet<TroubleKind> = new Set([
	'tooManyRequests',
	'unreachable',
	'noAnswer',
	'serviceDown',
	'unreadable',
	'downloadBrokeOff',
]);

/** Whether asking again later can help: a read that met this is repeated. */
export function isPassing(trouble: PiapiTrouble): boolean {
	return PASSING.has(trouble.kind);
}

const PROVES_NOTHING_WAS_MADE: ReadonlySet<TroubleKind> = new Set([
	'wrongKey',
	'planTooLow',
	'outOfBalance',
	'refusedInput',
	'tooManyRequests',
	'unknownTask',
	'unreachable',
	'redirected',
	'refusedAddress',
	'moderated',
	'imageNotLoaded',
	'notMade',
]);

/** Whether a create that met this cannot have made a task, so that nothing was paid. */
export function provesNothingWasMade(trouble: PiapiTrouble): boolean {
	return PROVES_NOTHING_WAS_MADE.has(trouble.kind);
}
