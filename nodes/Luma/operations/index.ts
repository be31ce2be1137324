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

/** Undefined for a name that is no operation, such as `toString`, which every object has. */
export function findOperation(resource: string, operation: string): Operation | undefined {
	return ownEntry(ownEntry(RESOURCES, resource) ?? {}, operation);
}

function ownEntry<T>(entries: Record<string, T>, name: string): T | undefined {
	return Object.hasOwn(entries, name) ? entries[name] : undefined;
}
