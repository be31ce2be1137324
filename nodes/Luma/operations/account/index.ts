import type { INodeProperties } from 'n8n-workflow';

import { fieldsOf, type Operation } from '../operation';
import { perItem } from '../perItem';
import { getUsage } from './getUsage';

const get: Operation = {
	fields: [],
	execute: perItem(() => async (piapi) => {
		const [account, active] = await Promise.all([piapi.account(), piapi.activeTasks()]);
		return [{ ...account, ...active }];
	}),
};

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
				description: 'Retrieve the balance in US dollars, the plan and active tasks',
			},
			{
				name: 'Get Usage',
				value: 'getUsage',
				action: 'Get account usage',
				description: 'Retrieve how many videos were created and what they cost',
			},
		],
		default: 'get',
	},
	...fieldsOf('account', accountOperations),
];
