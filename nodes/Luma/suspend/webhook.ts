import {
	NodeOperationError,
	type IExecuteFunctions,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { isAgentTool } from '../jobs/output';
import { canBeCalled, webAddress } from '../piapi/addresses';
import type { PiapiClient } from '../piapi/client';
import { credentialOf, type Credential } from '../piapi/credential';
import { catchPiapiError, isRetryable, PiapiError } from '../piapi/errors';
import { recordOf, textOf } from '../piapi/json';
import { hasEnded, isFinal, readTask, type Task } from '../piapi/task';
import { equalSecrets, hasTagForm, isCreationTag, type WebhookTarget } from '../piapi/webhookTag';
import type { Clock } from '../runtime/clock';

/**
 * The end of the address, for this package's nodes alone: a late webhook must not resume another node of
 * the execution that is suspended at that time.
 */
export const RESUME_PATH = 'luma';

/**
 * For a run whose webhooks resume nothing here.
 *
 * @param isTagged whether each create carries a creation tag
 */
export async function webhookTarget(
	context: IExecuteFunctions,
	{ isTagged }: { isTagged: boolean },
): Promise<WebhookTarget> {
	const { apiKey, webhookSecret } = await credentialOf(context);
	return { ...(isTagged && { apiKey }), webhookSecret };
}

/**
 * For a run that PiAPI's webhooks are to resume. n8n may have signed the address, so its query is passed
 * on as it is.
 *
 * @throws NodeOperationError when no webhook can arrive there, before anything is made
 */
export async function resumingWebhookTarget(context: IExecuteFunctions): Promise<WebhookTarget> {
	const node = context.getNode();
	if (isAgentTool(node)) {
		throw new NodeOperationError(node, 'An agent cannot wait for a webhook of PiAPI', {
			description: "Set 'Wait Mode' to Wait Here. Nothing was sent to PiAPI.",
			level: 'warning',
		});
	}
	const { apiKey, webhookSecret, baseUrl } = await credentialOf(context);
	const address = webAddress(context.evaluateExpression('{{ $execution.resumeUrl }}', 0));
	if (!address || !canBeCalled(address, baseUrl)) {
		throw new NodeOperationError(
			node,
			`PiAPI cannot call this n8n when videos are finished, because its address is ${address?.origin ?? 'not known'}`,
			{
				description:
					"Set 'Wait Mode' to Wait Here, which works everywhere. Or give your n8n a public https:// address: set WEBHOOK_URL to it and restart n8n. Nothing was sent to PiAPI.",
				level: 'warning',
			},
		);
	}
	address.pathname += `/${RESUME_PATH}`;
	const resume = { url: address.href, executionId: context.getExecutionId() };
	return { apiKey, webhookSecret, resume };
}

/** Where PiAPI puts `config.webhook_config.secret` of the task (PiAPI, "Unified Webhook"). */
const SECRET_HEADER = 'x-webhook-secret';

/**
 * Checks the secret of a webhook: a creation tag that this key has signed for this execution, or the
 * Webhook Secret of the credential.
 *
 * @param executionId the execution that the webhook would resume; empty when it resumes none
 * @returns the secret; undefined when the webhook is not to be believed
 */
export function verifyWebhook(
	headers: object,
	{ apiKey, webhookSecret }: Pick<Credential, 'apiKey' | 'webhookSecret'>,
	executionId: string,
): string | undefined {
	const secret = textOf(recordOf(headers)[SECRET_HEADER]);
	if (secret === null) return undefined;
	const isChosen = webhookSecret !== undefined && equalSecrets(secret, webhookSecret);
	return isChosen || isCreationTag(secret, apiKey, executionId) ? secret : undefined;
}

/** Whether the secret of a webhook can be the one of the task: PiAPI may mask it, so only another tag says no. */
export function isSecretOf({ webhookSecret: echo }: Task, secret: string): boolean {
	return !hasTagForm(echo) || equalSecrets(echo, secret);
}

/** A verified webhook about the end of a task. */
export interface Webhook {
	taskId: string;
	/** What it was verified by. */
	secret: string;
}

type Handler = (context: IWebhookFunctions, webhook: Webhook) => Promise<IWebhookResponseData>;

/**
 * Verifies a webhook of PiAPI, and has it handled if it tells of the end of a task. Never throws: n8n
 * would run the next nodes all the same, with an empty item.
 *
 * @param executionId the execution that the webhook would resume; empty when it resumes none
 */
export async function handleWebhook(
	context: IWebhookFunctions,
	executionId: string,
	handle: Handler,
): Promise<IWebhookResponseData> {
	try {
		const secret = verifyWebhook(context.getHeaderData(), await credentialOf(context), executionId);
		if (secret === undefined) return refuse(context);
		const task = taskIn(context);
		if (!task) return answer(context, 'unreadable', 'This webhook names no task.');
		// For some models PiAPI reports progress too.
		if (!isFinal(task)) return answer(context, 'accepted', 'The task has not ended yet.');
		return await handle(context, { taskId: task.taskId, secret });
	} catch (error) {
		context.logger.warn(`${context.getNode().name} could not take a webhook. ${messageOf(error)}`);
		return answer(context, 'retryLater', 'The task could not be read. Please repeat this later.');
	}
}

/**
 * The task of a webhook, whose body is `{ timestamp, data: <task> }` (PiAPI, "Unified Webhook"). n8n parses
 * only what is labelled as JSON, and PiAPI's label is not known.
 */
function taskIn(context: IWebhookFunctions): Task | undefined {
	const body: unknown = context.getBodyData();
	const parsed = readTask(recordOf(body).data);
	if (parsed) return parsed;
	const { rawBody } = recordOf(context.getRequestObject());
	try {
		const text = String(typeof body === 'string' ? body : rawBody);
		return readTask(recordOf(JSON.parse(text.replace(/^\uFEFF/, ''))).data);
	} catch {
		return undefined;
	}
}

/** What happened and what to do, for n8n’s log. */
export function messageOf(error: unknown): string {
	if (error instanceof PiapiError) return `${error.message}. ${error.remedy}`;
	return error instanceof Error ? error.message : String(error);
}

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
 * webhook. (Read in the source: n8n 2.8 and 2.41 answer once it has started, 1.123 with 200 before that.)
 *
 * @param tell gets undefined when the connection has ended before the answer: then nobody knows
 */
export function onAnswered(context: IWebhookFunctions, tell: (isStarted?: boolean) => void): void {
	const response = context.getResponseObject();
	response.once('close', () =>
		tell(response.writableFinished ? response.statusCode < 300 : undefined),
	);
}

/** A task, or the error that says that PiAPI does not know it. */
export type TaskOrGone = Task | PiapiError;

export function isTask(seen: TaskOrGone): seen is Task {
	return !(seen instanceof PiapiError);
}

/** Reads a task at once: PiAPI waits for the answer to its webhook, so the read waits for no turn. */
export async function readNow(
	piapi: PiapiClient,
	taskId: string,
	timeoutMs?: number,
): Promise<Task | PiapiError> {
	return await catchPiapiError(piapi.task(taskId, { once: true, outlives: 'stop', timeoutMs }));
}

/** A webhook can be there before PiAPI's own record of the end is. */
const BACKOFFS_MS = [0, 200, 400, 800, 1600];
const TIMEOUT_MS = 8_000;

/**
 * Reads a task that is said to have ended: what counts is PiAPI's record, not the webhook.
 *
 * @returns undefined when the record does not show the end within some seconds
 * @throws PiapiError when PiAPI refuses the key
 */
export async function readEndedTask(
	piapi: PiapiClient,
	taskId: string,
	clock: Clock,
): Promise<TaskOrGone | undefined> {
	let end: TaskOrGone | undefined;
	const giveUpAt = clock.now() + TIMEOUT_MS;
	for (const pauseMs of BACKOFFS_MS) {
		if (pauseMs > 0) await clock.sleep(pauseMs);
		if (clock.now() >= giveUpAt) break;
		const seen = await readNow(piapi, taskId, giveUpAt - clock.now());
		if (isTask(seen) && hasEnded(seen)) return seen;
		if (!isTask(seen) && seen.code !== 'unknownTask' && !isRetryable(seen)) throw seen;
		end = !isTask(seen) && seen.code === 'unknownTask' ? seen : undefined;
	}
	return end;
}
