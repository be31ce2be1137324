import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

/** PiAPI repeats a webhook until it is answered with a status from 200 to 299. */
const STATUS = {
	/** Nothing more is expected about this task. */
	accepted: 200,
	unreadable: 400,
	unauthorized: 401,
	retryLater: 503,
} as const;

/** Answers a webhook without starting or resuming a run. */
export function answer(
	context: IWebhookFunctions,
	meaning: keyof typeof STATUS,
	message: string,
): IWebhookResponseData {
	context.getResponseObject().status(STATUS[meaning]).json({ message });
	return { noWebhookResponse: true };
}

/** Answers 401. The received secret is not logged: it can be valid somewhere else. */
export function refuse(context: IWebhookFunctions): IWebhookResponseData {
	context.logger.warn(
		`${context.getNode().name} rejected a webhook, because its secret is not the right one. Either it does not come from PiAPI, or the key of the PiAPI credential was changed since the video was created.`,
	);
	return answer(context, 'unauthorized', 'The secret of this webhook is not the right one.');
}

/**
 * Tells whether n8n has started the run: where it cannot, it answers with 500, and PiAPI repeats the
 * webhook. (Read in the source: n8n 2.8 and 2.41 answer
 * once it has started, 1.123 with 200 before that.)
 */
export function onAnswered(context: IWebhookFunctions, tell: (isStarted: boolean) => void): void {
	const response = context.getResponseObject();
	response.once('finish', () => tell(response.statusCode < 300));
}
