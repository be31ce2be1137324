import type { INodeProperties } from 'n8n-workflow';

import { shownFor } from '../operation';
import { get } from './get';
import { wait } from './wait';

export const taskOperations = { get, wait };

export const taskFields: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['task'] } },
		options: [
			{
				name: 'Get',
				value: 'get',
				action: 'Get a task',
				description: 'Read how far a task is, without waiting',
			},
			{
				name: 'Wait',
				value: 'wait',
				action: 'Wait for a task',
				description: 'Wait until a task that was made earlier has its video',
			},
		],
		default: 'get',
	},
	...shownFor('task', ['get'], get.fields),
	...shownFor('task', ['wait'], wait.fields),
];
