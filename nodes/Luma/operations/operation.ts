import {
	updateDisplayOptions,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeProperties,
} from 'n8n-workflow';

/** One entry of the Operation list: its fields, and what it does with all input items. */
export interface Operation {
	fields: INodeProperties[];
	execute: (context: IExecuteFunctions) => Promise<INodeExecutionData[]>;
}

/** The fields of the operations of a resource, each shown for its own operation only. */
export function fieldsOf(
	resource: string,
	operations: Record<string, Operation>,
): INodeProperties[] {
	return Object.entries(operations).flatMap(([operation, { fields }]) =>
		updateDisplayOptions({ show: { resource: [resource], operation: [operation] } }, fields),
	);
}
