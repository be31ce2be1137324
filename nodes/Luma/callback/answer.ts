import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

/** PiAPI repeats a call until it is answered with a status from 200 to 299. */
const STATUS = {
	/** Nothing more is to be said about this task. */
	taken: 200,
	unreadable: 400,
	wrongSecret: 401,
	/** Say it again later. */
	later: 503,
} as const;

/** Answers a call without starting or waking a workflow. */
export function answer(
	context: IWebhookFunctions,
	meaning: keyof typeof STATUS,
	message: string,
): IWebhookResponseData {
	context.getResponseObject().status(STATUS[meaning]).json({ message });
	return { noWebhookResponse: true };
}
