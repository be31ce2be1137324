import { NodeApiError, type INode, type JsonObject } from 'n8n-workflow';

import { DownloadError, type PiapiError } from './errors';

/**
 * The error as n8n shows it: what happened to which task, then PiAPI's own message, technical detail and
 * what to do.
 *
 * @param otherTasks ids of the other tasks created in the run, so that nothing that was paid gets lost
 */
export function nodeErrorOf(
	node: INode,
	error: PiapiError,
	itemIndex: number,
	otherTasks: readonly string[] = [],
): NodeApiError {
	const { providerMessage, technicalDetail, httpStatus } = error.details;
	const description = [
		providerMessage && `It says: “${providerMessage}”.`,
		technicalDetail && `Technical detail: ${technicalDetail}.`,
		error.remedy,
		otherTasks.length > 0 && `Other tasks created in this run: ${otherTasks.join(', ')}.`,
	]
		.filter(Boolean)
		.join(' ');

	const response: JsonObject = {
		message: error.message,
		...(providerMessage && { providerMessage }),
	};
	return new NodeApiError(node, response, {
		message: `Item ${itemIndex + 1}: ${error.message}${subjectOf(error)}`,
		description,
		itemIndex,
		httpCode: httpStatus === undefined ? undefined : String(httpStatus),
		level: 'warning',
	});
}

/** The task and the video that the error is about, as far as known. */
function subjectOf(error: PiapiError): string {
	const { taskId } = error.details;
	const videoUrl = error instanceof DownloadError && error.videoUrl;
	const subjects = [taskId && `task ${taskId}`, videoUrl && `video ${videoUrl}`].filter(Boolean);
	return subjects.length > 0 ? ` (${subjects.join(', ')})` : '';
}
