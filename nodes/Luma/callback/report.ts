import type {
	ICredentialDataDecryptedObject,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';

import { PiapiTrouble } from '../piapi/errors';
import { answer } from './answer';
import { readCall } from './call';
import { carriesSecret } from './secret';

/** How one of the nodes takes reports. */
export interface Receiver {
	/** The secrets that a report may carry; with none, anybody may report. */
	secrets(credential: ICredentialDataDecryptedObject): string[];
	/** Does what the end of a task is for. */
	take(taskId: string): Promise<IWebhookResponseData>;
}

/**
 * Takes a report of PiAPI that a task has ended, if it carries the secret. Never throws: n8n would run
 * the next nodes all the same, with an empty item.
 */
export async function takeReport(
	context: IWebhookFunctions,
	receiver: Receiver,
): Promise<IWebhookResponseData> {
	try {
		return await checked(context, receiver);
	} catch (error) {
		context.logger.warn(`${context.getNode().name} could not take a report. ${wordsOf(error)}`);
		return answer(context, 'later', 'The task could not be read. Please repeat this report later.');
	}
}

async function checked(
	context: IWebhookFunctions,
	receiver: Receiver,
): Promise<IWebhookResponseData> {
	const secrets = receiver.secrets(await context.getCredentials('piapiApi'));
	if (secrets.length > 0 && !carriesSecret(context.getHeaderData(), ...secrets)) {
		return answer(context, 'wrongSecret', 'The secret of this report is not the right one.');
	}
	const call = readCall(context.getBodyData());
	if (!call) return answer(context, 'unreadable', 'This report names no task.');
	if (!call.isEnd) return answer(context, 'taken', 'The task has not ended yet.');
	return await receiver.take(call.taskId);
}

/** The trouble, and what to do about it, for n8n's log. */
export function wordsOf(error: unknown): string {
	if (error instanceof PiapiTrouble) return `${error.message}. ${error.remedy}`;
	return error instanceof Error ? error.message : String(error);
}
