import { NodeApiError, type INode, type JsonObject } from 'n8n-workflow';

import type { PiapiTrouble } from './errors';

/**
 * The trouble as n8n shows it: what happened to which task, then PiAPI's own words, technical detail and what to do.
 *
 * @param alsoMade ids of the other tasks of the run, so that nothing that was paid gets lost
 */
export function nodeErrorOf(
	node: INode,
	trouble: PiapiTrouble,
	itemIndex: number,
	alsoMade: readonly string[] = [],
): NodeApiError {
	const { said, detail, taskId, videoUrl, httpStatus } = trouble.facts;
	const about = [taskId && `task ${taskId}`, videoUrl && `video ${videoUrl}`].filter(Boolean);
	const message = `Item ${itemIndex + 1}: ${trouble.message}${about.length > 0 ? ` (${about.join(', ')})` : ''}`;
	const description = [
		said && `It says: “${said}”.`,
		detail && `Technical detail: ${detail}.`,
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
