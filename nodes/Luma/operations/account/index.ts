import type { INodeProperties } from 'n8n-workflow';

import { fieldsOf } from '../operation';
import { get } from './get';
import { getUsage } from './getUsage';

export const accountOperations = { get, getUsage };

export const accountFields: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['account'] } },
		options: [
			{
				name: 'Get',
				value: 'get',
				action: 'Get account',
				description:
					'Retrieve the balance in US dollars, the plan and how many Luma tasks are active',
			},
			{
				name: 'Get Usage',
				value: 'getUsage',
				action: 'Get account usage',
				description:
					'Retrieve how many Luma videos were created and what they cost, per day and in total',
			},
		],
		default: 'get',
	},
	...fieldsOf('account', accountOperations),
];
