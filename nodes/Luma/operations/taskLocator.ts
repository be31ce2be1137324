import type { INodeProperties } from 'n8n-workflow';

import type { TaskListMethod } from './taskList';

/** A field that names one task: from a list of the account's tasks, or by its ID. PiAPI has no page for a task, so there is no URL. */
export function taskLocator(
	listMethod: TaskListMethod,
	own: Partial<INodeProperties> & { description: string },
): INodeProperties {
	return {
		displayName: 'Task ID',
		name: 'taskId',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		required: true,
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Choose a task...',
				typeOptions: { searchListMethod: listMethod, searchable: true },
			},
			{
				displayName: 'By ID',
				name: 'id',
				type: 'string',
				placeholder: 'e.g. c42f6ec7-5f0b-4b8e-9d5e-0a4c7e1f2b3d',
			},
		],
		...own,
	};
}
