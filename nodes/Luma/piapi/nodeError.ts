import { NodeApiError, type INode, type JsonObject } from 'n8n-workflow';

import type { PiapiTrouble } from './errors';

/** Codes such as ECONNRESET and `HTTP 404` are nobody's words. */
function isFaultCode(said: string): boolean {
	return /^(E[A-Z_]+|ERR_[A-Z_]+|HTTP \d+|no data for .+|empty file)$/.test(said);
}

/**
 * The trouble as n8n shows it: what happened to which task, then PiAPI's own words and what to do.
 *
 * @param alsoMade ids of the other tasks of the run, so that nothing that was paid gets lost
 */
export function nodeErrorOf(
	node: INode,
	trouble: PiapiTrouble,
	itemIndex: number,
	alsoMade: readonly string[] = [],
): NodeApiError {
	const { said, taskId, videoUrl, httpStatus } = trouble.facts;
	const about = [taskId && `task ${taskId}`, videoUrl && `video ${videoUrl}`].filter(Boolean);
	const message = `Item ${itemIndex + 1}: ${trouble.message}${about.length > 0 ? ` (${about.join(', ')})` : ''}`;
	const description = [
		said && (isFaultCode(said) ? `Technical detail: ${said}.` : `It says: “${said}”.`),
		trouble.remedy,
		alsoMade.length > 0 && `Tasks that this run made besides: ${alsoMade.join(', ')}.`,
	]
		.filter(Boolean)
		.join(' ');

	const answer: JsonObject = { message: trouble.message, ...(said && { said }) };
	return new NodeApiError(node, answer, {
		message,
		description,
		itemIndex,
		httpCode: httpStatus === undefined ? undefined : String(httpStatus),
		level: 'warning',
	});
}
