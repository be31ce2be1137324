import type { INodeProperties } from 'n8n-workflow';

import { taskOutput } from '../../jobs/output';
import { taskOutputFields, taskOutputFormat } from '../fields';
import { fieldsOf, type Operation } from '../operation';
import { perItem } from '../perItem';
import { taskLocator } from '../taskLists';
import { cancel } from './cancel';
import { cancelMany } from './cancelMany';
import { getMany } from './getMany';
import { wait } from './wait';

const taskField = taskLocator('searchTasks', {
	description: 'The task to read: by default that of the incoming item',
});

const get: Operation = {
	fields: [taskField, ...taskOutputFields],
	execute: perItem((parameters) => {
		const taskId = parameters.taskId(taskField);
		const format = taskOutputFormat(parameters);
		return async (piapi) => [taskOutput(await piapi.task(taskId), format)];
	}),
};

export const taskOperations = { cancel, cancelMany, get, getMany, wait };

export const taskFields: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['task'] } },
		options: [
			{
				name: 'Cancel',
				value: 'cancel',
				action: 'Cancel task',
				description: 'Cancel a task that has not started; it is not charged then',
			},
			{
				name: 'Cancel Many',
				value: 'cancelMany',
				action: 'Cancel many tasks',
				description: 'Cancel all tasks that have not started; they are not charged then',
			},
			{
				name: 'Get',
				value: 'get',
				action: 'Get task',
				description: 'Retrieve a task: how far it is, or its links, without waiting',
			},
			{
				name: 'Get Many',
				value: 'getMany',
				action: 'Get many tasks',
				description: 'Retrieve a list of the Luma tasks of your account',
			},
			{
				name: 'Wait',
				value: 'wait',
				action: 'Wait for task',
				description: 'Wait until a task that was made earlier has its video',
			},
		],
		default: 'get',
	},
	...fieldsOf('task', taskOperations),
];
