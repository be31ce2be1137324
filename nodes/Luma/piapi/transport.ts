import type {
	IAllExecuteFunctions,
	IExecuteFunctions,
	IHookFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	IN8nHttpFullResponse,
	IPollFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';

import { Deadline, noAnswerWithin } from './deadline';
import { classifyNetworkError } from './classifyError';
import { PiapiError } from './errors';
import { recordOf, textOf } from './json';

/** Where this package's code runs: in a node's execution, in a webhook, in a poll, when a workflow is activated, or for a list in the editor. */
export type NodeContext =
	| IExecuteFunctions
	| IWebhookFunctions
	| IPollFunctions
	| IHookFunctions
	| ILoadOptionsFunctions;

export interface PiapiRequest {
	method: 'GET' | 'POST' | 'DELETE';
	/** Complete address; only the credential's own two hosts get the key. */
	url: string;
	query?: Record<string, string | number>;
	body?: object;
	/** Milliseconds after which a request without a complete answer is given up. */
	timeoutMs: number;
	/** Whether it is completed, or even started, after somebody stopped the execution. */
	ignoreAbort?: boolean;
}

export interface PiapiResponse {
	status: number;
	/** Names in lower case. */
	headers: Record<string, unknown>;
	/** JSON as a value; anything else as the text it was. */
	body: unknown;
}

/** Sends one request with the key and returns any response; rejects with `PiapiError` when none does. */
export type Transport = (request: PiapiRequest) => Promise<PiapiResponse>;

/**
 * Sends requests to PiAPI with n8n's own HTTP helper.
 * No status throws, so that headers stay readable; redirects are not followed, because n8n would
 * send the key along to the other host (seen on 2.8).
 */
export function n8nTransport(context: NodeContext): Transport {
	const sender = withoutAbortSignal(context);
	return async (request) => {
		const stopSignal = request.ignoreAbort ? undefined : stopSignalOf(context);
		const deadline = new Deadline(request.timeoutMs, stopSignal);
		try {
			if (deadline.signal.aborted) throw new PiapiError('noAnswer');
			const outcome = await deadline.race(attempt(sender, request, deadline.signal));
			if (outcome === undefined) {
				throw new PiapiError('noAnswer', { technicalDetail: noAnswerWithin(request.timeoutMs) });
			}
			if (outcome instanceof PiapiError) throw outcome;
			return { status: outcome.statusCode, headers: outcome.headers, body: outcome.body };
		} finally {
			deadline.close();
		}
	};
}

function stopSignalOf(context: NodeContext): AbortSignal | undefined {
	return 'getExecutionCancelSignal' in context ? context.getExecutionCancelSignal() : undefined;
}

/**
 * n8n aborts the requests of a stopped execution, and refuses further ones, by the signal that it finds
 * on the context; it replaces the request's own one by that (1.123 to 2.41). With a context without one,
 * a request can have a deadline, and a create is completed after a stop.
 */
function withoutAbortSignal(context: NodeContext): IAllExecuteFunctions {
	const sender: Pick<IHookFunctions, 'helpers' | 'getNode' | 'getCredentials'> = {
		helpers: context.helpers,
		getNode: () => context.getNode(),
		getCredentials: async (type: string, itemIndex?: number) =>
			await context.getCredentials(type, itemIndex),
	};
	return sender as IAllExecuteFunctions;
}

async function attempt(
	sender: IAllExecuteFunctions,
	{ method, url, query, body, timeoutMs }: PiapiRequest,
	abortSignal: AbortSignal,
): Promise<IN8nHttpFullResponse | PiapiError> {
	const options: IHttpRequestOptions = {
		method,
		url,
		qs: query,
		body,
		json: true,
		timeout: timeoutMs,
		abortSignal,
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		disableFollowRedirect: true,
	};
	try {
		return (await sender.helpers.httpRequestWithAuthentication.call(
			sender,
			'piapiApi',
			options,
		)) as IN8nHttpFullResponse;
	} catch (error) {
		return networkError(error);
	}
}

/** The error of a request without a response. Only its code is kept: n8n's error holds the whole request, and with it the key. */
export function networkError(error: unknown): PiapiError {
	const { httpCode, code, cause } = recordOf(error);
	const faultCode = textOf(httpCode) ?? textOf(code) ?? textOf(recordOf(cause).code) ?? '';
	const errorCode = faultCode === '' ? 'noAnswer' : classifyNetworkError(faultCode);
	return new PiapiError(errorCode, { technicalDetail: faultCode });
}
