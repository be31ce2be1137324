import { NodeApiError, type INode, type JsonObject } from 'n8n-workflow';

import { isRetryable, type PiapiError } from '../piapi/errors';

const NEXT_POLL =
	'The trigger asks again at its next poll time, and starts the workflow then for every video that has finished by now: none is lost.';

/** What n8n shows of a poll that could not be completed. */
export function pollErrorOf(node: INode, error: PiapiError): NodeApiError {
	const { providerMessage, technicalDetail, httpStatus, taskId } = error.details;
	const subject = taskId === undefined ? '' : ` (task ${taskId})`;
	const description = [
		providerMessage && `It says: “${providerMessage}”.`,
		isRetryable(error) ? NEXT_POLL : error.remedy,
		technicalDetail && `Details: ${technicalDetail}.`,
	];
	const response: JsonObject = { message: error.message };
	return new NodeApiError(node, response, {
		message: `${error.message}${subject}`,
		description: description.filter(Boolean).join(' '),
		httpCode: httpStatus === undefined ? undefined : String(httpStatus),
		level: 'warning',
	});
}
