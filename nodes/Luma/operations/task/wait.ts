import type { IDataObject } from 'n8n-workflow';

import { taskIdParameter } from '../checks';
import { simplifyField, simplifyParameter, taskIdField } from '../fields';
import { fileOptions, fileSettings } from '../files';
import { generating } from '../generating';
import type { Operation } from '../operation';
import { waitOptions, waitSettings } from '../waiting';

export const wait: Operation = {
	fields: [
		taskIdField('ID of a task that was made earlier, by this or another workflow'),
		simplifyField,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				fileOptions.binaryOutput,
				fileOptions.binaryProperty,
				waitOptions.maxConcurrency,
				fileOptions.maxDownloadMb,
				waitOptions.onTimeout,
				waitOptions.pollIntervalSeconds,
				waitOptions.timeoutMinutes,
			],
		},
	],
	execute: generating((context, itemIndex) => {
		const options = context.getNodeParameter('options', itemIndex, {}) as IDataObject;
		return {
			itemIndex,
			source: { taskId: taskIdParameter(context, itemIndex, { name: 'taskId', label: 'Task ID' }) },
			wait: waitSettings(context, itemIndex, options),
			simplify: simplifyParameter(context, itemIndex),
			files: fileSettings(context, itemIndex, options),
		};
	}),
};
