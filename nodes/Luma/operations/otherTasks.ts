import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import type { Hint } from '../jobs/hints';
import { Parameters } from './parameters';

/**
 * Says where a task is worked with that is not the one of the incoming item. A task that was chosen from the
 * list once stays chosen: each run then posts the video of that day, while it pays for a new one.
 *
 * @param fields those of the operation
 */
export function otherTaskHints(context: IExecuteFunctions, fields: INodeProperties[]): Hint[] {
	const locators = fields.filter(({ name }) => name === 'taskId' || name === 'sourceTaskId');
	return locators.flatMap((field) =>
		[...context.getInputData().keys()]
			.filter((itemIndex) => isOtherTask(context, field, itemIndex))
			.map((itemIndex) => ({
				text: `The chosen '${field.displayName}' is not the task of the incoming item. To work with that one, choose By ID and enter {{ $json.taskId }}.`,
				itemIndex,
			})),
	);
}

function isOtherTask(
	context: IExecuteFunctions,
	field: INodeProperties,
	itemIndex: number,
): boolean {
	const { taskId } = context.getInputData()[itemIndex].json;
	if (typeof taskId !== 'string' || taskId === '') return false;
	const parameters = new Parameters(context, itemIndex);
	try {
		return parameters.has(field) && parameters.locator(field) !== taskId;
	} catch {
		// Its item has said why; a hint is never a reason to reject anything.
		return false;
	}
}
