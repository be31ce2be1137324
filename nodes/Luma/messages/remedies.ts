import type { PiapiErrorCode } from './catalog';

/** To the second, in UTC. */
export function timeOf(at: number): string {
	return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** What to do about a create that was never confirmed. */
export const UNCONFIRMED_REMEDY =
	'Look for it in the task list at app.piapi.ai and get it with Task → Wait and its ID. If it is not there, have it made in a new execution with this item alone: a retry creates no second one.';

/**
 * What helps to find its task.
 *
 * @param sentAt milliseconds since 1970
 * @param candidates IDs of tasks without a creation tag that have the same prompt
 */
export function unconfirmedDetail(sentAt: number, candidates: string[]): string {
	const found =
		candidates.length > 0
			? `tasks of that time with the same prompt: ${candidates.join(', ')}`
			: 'no task of that time has the same prompt';
	return `sent ${timeOf(sentAt)}; ${found}`;
}

/** What the limit for downloads is, and what to do. */
export function tooLargeRemedy(limitMb: number): string {
	return `The limit is ${limitMb} MB. Raise 'Max Download (MB)' in the options if your n8n has the memory and disk for it, or use the link instead of the file.`;
}

/** For Download of a task that has no video. */
export function notCompletedRemedy(status: string, hasEnded: boolean): string {
	const next = hasEnded
		? 'Such a task has no video and is not charged.'
		: 'Wait for the video with Task → Wait, then download it.';
	return `Its status is “${status}”. ${next}`;
}

/** Where the node that created the video was to download its files: the video is paid. */
export const FILES_OF_CREATED_VIDEO: Partial<Record<PiapiErrorCode, string>> = {
	withoutFile:
		'The video is finished, and its link still works. Choose Video among the files, or leave the files out.',
	downloadBrokeOff: 'The video is paid and not lost: get its file with Video → Download.',
	notStored:
		'Look at the free disk space and the binary data settings of your n8n. The video is paid and not lost: get its file with Video → Download.',
};

/** What to do about the Upload URL of the credential, where that differs from the Base URL. */
export const UPLOAD_REMEDIES = {
	noFileStore:
		"Check the 'Upload URL' in the PiAPI credential: there is no file store at this address.",
	redirected:
		"Your key is not sent along to other addresses. Enter the final address as 'Upload URL' in the PiAPI credential.",
	unreadable:
		"Check the 'Upload URL' in the PiAPI credential. If it is right, this usually passes within minutes. No video was created for this item.",
	unreachable:
		"Check the 'Upload URL' in the PiAPI credential and the network of your n8n. No video was created for this item.",
} as const;

/** What a run that one item ends leaves behind at PiAPI, besides that item. */
export interface LeftBehind {
	/** Tasks that are paid, or will be. */
	taskIds: readonly string[];
	/** Creates that may have made a task. */
	unconfirmed: ReadonlyArray<{ itemIndex: number; sentAt: number }>;
	/** Whether the item itself has a paid task, or may have one. */
	isItemPaid: boolean;
}

/**
 * How a person goes on after a run that one item has ended, without paying for anything twice. n8n keeps
 * what was created for a retry of the execution, not for a new one.
 */
export function endOfRun({ taskIds, unconfirmed, isItemPaid }: LeftBehind): string {
	if (taskIds.length + unconfirmed.length === 0) {
		return isItemPaid ? RETRY : 'This run has paid for nothing, so it is free to run it again.';
	}
	return [
		createdSentence(taskIds),
		unconfirmedSentence(unconfirmed, taskIds.length),
		RETRY,
		CONTINUE,
	]
		.filter(Boolean)
		.join(' ');
}

const RETRY =
	'Go on with Retry in the Executions list, always of the newest execution (with the original or current workflow): it pays only for what is missing, a new run pays for everything.';

const CONTINUE = "With 'On Error' set to continue, one item does not end the others.";

function createdSentence(taskIds: readonly string[]): string {
	if (taskIds.length === 0) return '';
	const [are, these] =
		taskIds.length === 1 ? ['video was', 'this ID'] : ['videos were', 'these IDs'];
	return `${taskIds.length} other ${are} created in this run; Task → Wait gets them with ${these}: ${taskIds.join(', ')}.`;
}

function unconfirmedSentence(unconfirmed: LeftBehind['unconfirmed'], created: number): string {
	if (unconfirmed.length === 0) return '';
	const which = unconfirmed.map(
		({ itemIndex, sentAt }) => `item ${itemIndex}, sent ${timeOf(sentAt)}`,
	);
	const more = created > 0 ? 'more' : `other ${unconfirmed.length === 1 ? 'video' : 'videos'}`;
	return `${unconfirmed.length} ${more} may have been created: ${which.join('; ')}.`;
}
