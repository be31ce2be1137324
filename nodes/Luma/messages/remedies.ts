import type { PiapiErrorCode } from './catalog';
import { usd } from './items';

/** To the second, in UTC. */
export function timeOf(at: number): string {
	return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** What is known about a create that was never confirmed. */
interface UnconfirmedCreate {
	/** Milliseconds since 1970. */
	sentAt: number;
	/** IDs of tasks without a creation tag that have the same prompt. */
	candidates: string[];
	/** Whether all tasks of that time could be looked at. */
	isListRead: boolean;
}

/**
 * What to do about a create that was never confirmed.
 *
 * @param foreignStatus the HTTP status of an answer that was not PiAPI's
 */
export function unconfirmedRemedy(foreignStatus?: number): string {
	if (foreignStatus !== undefined) {
		return `The answer was not PiAPI's (HTTP status ${foreignStatus}): check the 'Base URL' in the PiAPI credential, and the proxy or firewall of your network. Then look for the video in the task list at app.piapi.ai; if it is there, get it with Task → Wait and its ID.`;
	}
	return 'Look for it in the task list at app.piapi.ai and get it with Task → Wait and its ID. If it is not there, have it made in a new execution with this item alone: a retry creates no second one.';
}

/** What helps to find its task. */
export function unconfirmedDetail({ sentAt, candidates, isListRead }: UnconfirmedCreate): string {
	const none = isListRead
		? 'no task of that time has the same prompt'
		: "PiAPI's task list could not be read completely";
	const found =
		candidates.length > 0
			? `tasks of that time with the same prompt: ${candidates.join(', ')}`
			: none;
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
	/** US dollars that all videos of such a run cost by the list. */
	priceUsd: number;
}

/**
 * What the run that one item has ended costs so far, and how a person goes on without paying for anything
 * twice, in two sentences. n8n keeps what was created for a retry of the execution, not for a new one.
 */
export function endOfRun({ taskIds, unconfirmed, isItemPaid, priceUsd }: LeftBehind): string {
	const others = [createdWords(taskIds), unconfirmedWords(unconfirmed, taskIds.length)];
	const isAllUnpaid = taskIds.length + unconfirmed.length === 0 && !isItemPaid;
	if (isAllUnpaid) {
		return `Nothing was charged; a new run costs about ${usd(priceUsd)} once it succeeds.`;
	}
	return `${others.filter(Boolean).join('; ') || ITEM_PAID}. ${RETRY}`;
}

const ITEM_PAID = 'This video is charged, or can still be';

/** n8n repeats a node with the input that it had (seen on 1.123, 2.8 and 2.41). */
const RETRY =
	'Go on with Retry in the Executions list, always of the newest execution: it pays only for what is missing, but with the old input, so correct this node and not one before it, and choose the currently saved workflow.';

function createdWords(taskIds: readonly string[]): string {
	if (taskIds.length === 0) return '';
	const [are, these] =
		taskIds.length === 1 ? ['video was', 'this ID'] : ['videos were', 'these IDs'];
	return `${taskIds.length} other ${are} created in this run; Task → Wait gets them with ${these}: ${taskIds.join(', ')}`;
}

function unconfirmedWords(unconfirmed: LeftBehind['unconfirmed'], created: number): string {
	if (unconfirmed.length === 0) return '';
	const which = unconfirmed.map(
		({ itemIndex, sentAt }) => `item ${itemIndex}, sent ${timeOf(sentAt)}`,
	);
	const more = created > 0 ? 'more' : `other ${unconfirmed.length === 1 ? 'video' : 'videos'}`;
	return `${unconfirmed.length} ${more} may have been created: ${which.join('; ')}`;
}
