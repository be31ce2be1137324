import { timeIn } from './dates';
import { classifyRefusal, classifyForeignResponse } from './classifyError';
import { PiapiError } from './errors';
import { isRecord, numberOf, recordOf, textOf, type JsonRecord } from './json';
import type { Redactor } from './redact';
import type { PiapiResponse } from './transport';

const MAX_MESSAGE_LENGTH = 500;

/**
 * Why the response cannot be read; undefined when it is PiAPI's envelope
 * `{ code, data, message }` around a success. A refusal can come as an HTTP status, as a `code` inside
 * an HTTP 200, or from a proxy in between, which knows nothing about keys and tasks.
 */
export function refusalIn(
	{ status, headers, body }: PiapiResponse,
	redactor: Redactor,
): PiapiError | undefined {
	const envelope = recordOf(body);
	const isOk = status >= 200 && status < 300;
	const code = isOk ? numberOf(envelope.code) || status : status;
	const isPiapi = isEnvelope(body);
	if (isPiapi && code >= 200 && code < 300) return undefined;

	const providerMessage = safeMessage(envelopeMessage(envelope), redactor);
	return new PiapiError(
		isPiapi ? classifyRefusal(code, providerMessage) : classifyForeignResponse(code),
		{
			providerMessage,
			httpStatus: code,
			retryAfterMs: retryAfter(headers),
			taskId: textOf(recordOf(envelope.data).task_id) ?? undefined,
		},
	);
}

/** Text from outside as it may be shown: without secrets, and of limited length. */
export function safeMessage(words: string, redactor: Redactor): string {
	return redactor.text(words).slice(0, MAX_MESSAGE_LENGTH);
}

/** Whether the response comes from PiAPI itself, which puts everything into an envelope. */
function isEnvelope(body: unknown): boolean {
	if (!isRecord(body)) return false;
	return numberOf(body.code) !== null || 'data' in body || textOf(body.message) !== null;
}

/** The most specific message of an envelope: the inner error's, then the envelope's own. */
function envelopeMessage(envelope: JsonRecord): string {
	const inner = recordOf(recordOf(envelope.data).error);
	const candidates = [
		inner.message,
		inner.raw_message,
		envelope.message,
		recordOf(envelope.error).message,
	];
	return candidates.map(textOf).find((text) => text !== null) ?? '';
}

/**
 * Milliseconds that a Retry-After header asks for; it holds seconds or a date. A date counts from the
 * answer's own, so that a wrong clock of n8n makes no difference.
 */
function retryAfter(headers: PiapiResponse['headers']): number | undefined {
	const text = textOf(headers['retry-after'])?.trim();
	if (!text) return undefined;
	if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
	const until = timeIn(text);
	return until === null ? undefined : Math.max(0, until - (timeIn(headers.date) ?? Date.now()));
}
