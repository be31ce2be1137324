import type {
	IAllExecuteFunctions,
	IExecuteFunctions,
	IHookFunctions,
	IHttpRequestOptions,
	IN8nHttpFullResponse,
	IWebhookFunctions,
} from 'n8n-workflow';

import { kindOfNetworkFault } from './diagnosis';
import { PiapiTrouble, type TroubleKind } from './errors';
import { recordOf, textOf } from './json';

/** Where this package's code runs: a node at work, called from outside, or when its workflow is activated. */
export type NodeContext = IExecuteFunctions | IWebhookFunctions | IHookFunctions;

export interface PiapiRequest {
	method: 'GET' | 'POST' | 'DELETE';
	/** Complete address; only the credential's own two hosts get the key. */
	url: string;
	query?: Record<string, string | number>;
	body?: object;
	/** Milliseconds after which an unanswered request is given up. */
	timeoutMs: number;
	/** Whether it is seen through, or even begun, after somebody stopped the execution. */
	outlivesStop?: boolean;
}

export interface PiapiAnswer {
	status: number;
	/** Names in lower case. */
	headers: Record<string, unknown>;
	/** JSON as a value; anything else as the text it was. */
	body: unknown;
}

/** Sends one request with the key and brings whatever answer comes; rejects with `PiapiTrouble` when none does. */
export type Transport = (request: PiapiRequest) => Promise<PiapiAnswer>;

/**
 * The way to PiAPI through n8n's own HTTP helper.
 * No status throws, so that headers stay readable; redirects are not followed, because n8n would
 * send the key along to the other host (seen on 2.8).
 */
export function n8nTransport(context: NodeContext): Transport {
	return async (request) => {
		const sender = request.outlivesStop ? withoutStopSignal(context) : context;
		const outcome = await attempt(sender, {
			method: request.method,
			url: request.url,
			qs: request.query,
			body: request.body,
			json: true,
			timeout: request.timeoutMs,
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
		});
		if (outcome instanceof PiapiTrouble) throw outcome;
		return { status: outcome.statusCode, headers: outcome.headers, body: outcome.body };
	};
}

/**
 * n8n aborts the requests of a stopped execution, and refuses further ones, by the signal that it finds
 * on the context (1.123 to 2.41). A context without one lets a create end in a known way.
 */
function withoutStopSignal(context: NodeContext): IAllExecuteFunctions {
	const sender: Pick<IHookFunctions, 'helpers' | 'getNode' | 'getCredentials'> = {
		helpers: context.helpers,
		getNode: () => context.getNode(),
		getCredentials: async (type: string, itemIndex?: number) =>
			await context.getCredentials(type, itemIndex),
	};
	return sender as IAllExecuteFunctions;
}

async function attempt(
	context: NodeContext | IAllExecuteFunctions,
	options: IHttpRequestOptions,
): Promise<IN8nHttpFullResponse | PiapiTrouble> {
	try {
		return (await context.helpers.httpRequestWithAuthentication.call(
			context,
			'piapiApi',
			options,
		)) as IN8nHttpFullResponse;
	} catch (error) {
		return networkTrouble(error);
	}
}

/** What a request that got no answer met. Only the fault's code is kept: the error holds the whole request, and with it the key. */
export function networkTrouble(error: unknown): PiapiTrouble {
	const { httpCode, code, cause } = recordOf(error);
	const faultCode = textOf(httpCode) ?? textOf(code) ?? textOf(recordOf(cause).code) ?? '';
	const kind: TroubleKind = faultCode === '' ? 'noAnswer' : kindOfNetworkFault(faultCode);
	return new PiapiTrouble(kind, { said: faultCode });
}
