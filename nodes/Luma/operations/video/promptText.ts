import type { INodeProperties } from 'n8n-workflow';

import { shortened } from '../../messages/items';
import { plain } from '../../piapi/json';
import { saysNothing, templateIn, unwrapped } from '../../prompt/given';
import type { Parameters } from '../parameters';

/** A field with a part of a prompt. */
export function textPart(
	displayName: string,
	name: string,
	example: string,
	description: string,
): INodeProperties {
	return {
		displayName,
		name,
		type: 'string',
		default: '',
		placeholder: `e.g. ${example}`,
		description,
	};
}

export const NOTHING_REMEDY =
	'Describe what the video should show. If the text comes from another node, check that this item has it.';

/**
 * The text of a prompt, or of a part of one, as it is sent.
 *
 * @throws NodeOperationError when a video of it would show what nobody has written
 */
export function promptText(
	parameters: Parameters,
	field: INodeProperties,
	value: unknown = parameters.value(field),
): string {
	const text = parameters.text(field, value);
	const template = templateIn(text);
	if (template !== undefined) {
		throw parameters.error(
			`'${field.displayName}' has an expression that was not evaluated: ${shortened(template)}`,
			`Set '${field.displayName}' to Expression, above the field. In a text that another node brings, put the value in the place of the expression.`,
		);
	}
	if (saysNothing(text)) throw parameters.cannotBe(field, text, NOTHING_REMEDY);
	if (text !== '') parameters.checkPieces(field);
	return plain(unwrapped(text));
}
