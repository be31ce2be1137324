import type { INodeProperties } from 'n8n-workflow';

import { shortened } from '../../messages/items';
import { plain } from '../../piapi/json';
import { leftOverIn, saysNothing, unwrapped } from '../../prompt/given';
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
	const text = plain(unwrapped(parameters.text(field, value)));
	if (saysNothing(text)) throw parameters.cannotBe(field, text, NOTHING_REMEDY);
	if (text !== '') parameters.checkPieces(field);
	const leftOver = leftOverIn(text);
	if (leftOver === undefined || !isLeftByExpression(parameters, field, leftOver)) return text;
	throw parameters.error(
		`'${field.displayName}' has an expression that finds nothing: “${leftOver}” stands in “${shortened(text)}”`,
		"Choose fields that this item has. If one may be missing, write ?? '' behind it.",
	);
}

/** Whether none of what an expression reads has the word that stands in its outcome. */
function isLeftByExpression(parameters: Parameters, { name }: INodeProperties, word: string) {
	const template = parameters.template(name);
	const readsOthers = /\$(?!json\b|\{)/;
	if (template === undefined || readsOthers.test(template)) return false;
	const { json } = parameters.context.getInputData()[parameters.itemIndex];
	const texts = JSON.stringify(json, (_, value: unknown) => value ?? undefined);
	return !`${template}${texts}`.includes(word);
}
