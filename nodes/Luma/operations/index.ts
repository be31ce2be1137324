import type { INodeProperties } from 'n8n-workflow';

import type { Operation } from './operation';
import { taskFields, taskOperations } from './task';
import { videoFields, videoOperations } from './video';

const RESOURCES: Record<string, Record<string, Operation>> = {
	video: videoOperations,
	task: taskOperations,
};

export const operationFields: INodeProperties[] = [...videoFields, ...taskFields];

export function findOperation(resource: string, operation: string): Operation | undefined {
	return RESOURCES[resource]?.[operation];
}
