import type { INodeProperties } from 'n8n-workflow';

import { fieldsOf } from '../operation';
import { get } from './get';

export const accountOperations = { get };

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
		],
		default: 'get',
	},
	...fieldsOf('account', accountOperations),
];
