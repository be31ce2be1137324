import { timeOf } from './remedies';

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
	'Go on with Retry in the Executions list (original or current workflow): it pays only for what is missing, a new run pays for everything.';

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
