import { NodeApiError, type INode, type JsonObject } from 'n8n-workflow';

import { itemSuffix, shortened, wordsForTake, type Take } from '../messages/items';
import { DownloadError, PiapiError } from './errors';

/** Which of the input items an error is about. */
export interface ItemPlace {
	itemIndex: number;
	/** Number of input items. */
	itemCount: number;
	/** Where the item has several videos: which one. */
	take?: Take;
}

/** What n8n is to show besides what happened. */
interface ErrorContext {
	/** Absent where the error is about no item, as in a poll. */
	place?: ItemPlace;
	/** Replaces the remedy of the error. */
	remedy?: string;
	/** What the run that the error ends costs so far, and how to go on. */
	endOfRun?: string;
}

/**
 * The error as n8n shows it: what happened to which task, then what the run costs, PiAPI's own message, what
 * to do, and details for a technician.
 */
export function nodeErrorOf(
	node: INode,
	error: PiapiError,
	{ place, remedy = error.remedy, endOfRun }: ErrorContext = {},
): NodeApiError {
	const { providerMessage, technicalDetail, httpStatus } = error.details;
	const description = [
		endOfRun,
		providerMessage && `It says: “${providerMessage}”.`,
		remedy,
		technicalDetail && `Details: ${technicalDetail}.`,
	]
		.filter(Boolean)
		.join(' ');

	const response: JsonObject = {
		message: error.message,
		...(providerMessage && { providerMessage }),
	};
	const suffix = place ? itemSuffix([place.itemIndex], place.itemCount) : '';
	return new NodeApiError(node, response, {
		message: `${error.message}${subjectOf(error, place?.take)}${suffix}`,
		description,
		itemIndex: place?.itemIndex,
		// With 401 and 403 the editor offers to open the credential.
		httpCode: httpStatus === undefined ? undefined : String(httpStatus),
		level: 'warning',
	});
}

/** The video and the task that the error is about, as far as known. */
function subjectOf(error: PiapiError, take: Take | undefined): string {
	const { taskId } = error.details;
	const videoUrl = error instanceof DownloadError && error.videoUrl;
	const subjects = [
		wordsForTake(take),
		taskId && `task ${shortened(taskId)}`,
		videoUrl && `video ${videoUrl}`,
	].filter(Boolean);
	return subjects.length > 0 ? ` (${subjects.join(', ')})` : '';
}
