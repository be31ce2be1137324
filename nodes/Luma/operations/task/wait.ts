import type { IDataObject } from 'n8n-workflow';

import { taskIdParameter } from '../checks';
import { simplifyField, simplifyParameter, taskIdField } from '../fields';
import { fileOptions, fileSettings } from '../files';
import { generating } from '../generating';
import type { Operation } from '../operation';
import { hiddenFor, waitModeOfEarlierTasks, waitModeParameter } from '../waitMode';
import { waitOptions, waitSettings } from '../waiting';

export const wait: Operation = {
	fields: [
		taskIdField('ID of a task that was made earlier, by this or another workflow'),
		waitModeOfEarlierTasks,
		simplifyField,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				hiddenFor(['callback'], fileOptions.binaryOutput),
				hiddenFor(['callback'], fileOptions.binaryProperty),
				waitOptions.maxConcurrency,
				hiddenFor(['callback'], fileOptions.maxDownloadMb),
				hiddenFor(['callback'], waitOptions.onTimeout),
				hiddenFor(['callback'], waitOptions.pollIntervalSeconds),
				waitOptions.timeoutMinutes,
			],
		},
	],
	execute: generating((context, itemIndex) => {
		const options = context.getNodeParameter('options', itemIndex, {}) as IDataObject;
		const waitMode = waitModeParameter(context, itemIndex);
		return {
			itemIndex,
			source: { taskId: taskIdParameter(context, itemIndex, { name: 'taskId', label: 'Task ID' }) },
			wait: waitSettings(context, itemIndex, options, waitMode),
			simplify: simplifyParameter(context, itemIndex),
			files: waitMode === 'poll' ? fileSettings(context, itemIndex, options) : undefined,
		};
	}),
};
