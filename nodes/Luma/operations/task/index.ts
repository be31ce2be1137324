import type { INodeProperties } from 'n8n-workflow';

import { fieldsOf } from '../operation';
import { cancel } from './cancel';
import { cancelMany } from './cancelMany';
import { get } from './get';
import { getMany } from './getMany';
import { wait } from './wait';

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
				description: 'Retrieve a list of the Luma tasks of your account, the newest first',
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
