import type { INodeProperties } from 'n8n-workflow';

import { accountFields, accountOperations } from './account';
import type { Operation } from './operation';
import { taskFields, taskOperations } from './task';
import { videoFields, videoOperations } from './video';

const RESOURCES: Record<string, Record<string, Operation>> = {
	account: accountOperations,
	task: taskOperations,
	video: videoOperations,
};

export const operationFields: INodeProperties[] = [...videoFields, ...taskFields, ...accountFields];

export function findOperation(resource: string, operation: string): Operation | undefined {
	return RESOURCES[resource]?.[operation];
}
