import { NodeApiError, type INode, type JsonObject } from 'n8n-workflow';

import { itemSuffix } from '../messages/itemSuffix';
import { wordsForTake, type Take } from '../messages/take';
import { DownloadError, type PiapiError } from './errors';

/** Which of the input items an error is about. */
export interface ItemPlace {
	itemIndex: number;
	/** Number of input items. */
	itemCount: number;
	/** Where the item has several videos: which one. */
	take?: Take;
}

/**
 * The error as n8n shows it: what happened to which task, then PiAPI's own message, what to do, and
 * details for a technician.
 *
 * @param closing a sentence about the run that the error ends
 */
export function nodeErrorOf(
	node: INode,
	error: PiapiError,
	{ itemIndex, itemCount, take }: ItemPlace,
	closing?: string,
): NodeApiError {
	const { providerMessage, technicalDetail, httpStatus } = error.details;
	const description = [
		providerMessage && `It says: “${providerMessage}”.`,
		error.remedy,
		closing,
		technicalDetail && `Details: ${technicalDetail}.`,
	]
		.filter(Boolean)
		.join(' ');

	const response: JsonObject = {
		message: error.message,
		...(providerMessage && { providerMessage }),
	};
	return new NodeApiError(node, response, {
		message: `${error.message}${subjectOf(error, take)}${itemSuffix([itemIndex], itemCount)}`,
		description,
		itemIndex,
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
		taskId && `task ${taskId}`,
		videoUrl && `video ${videoUrl}`,
	].filter(Boolean);
	return subjects.length > 0 ? ` (${subjects.join(', ')})` : '';
}
