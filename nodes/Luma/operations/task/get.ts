import { taskOutput } from '../../generation/output';
import { answering } from '../answering';
import { taskIdParameter } from '../checks';
import { simplifyField, taskIdField } from '../fields';
import type { Operation } from '../operation';

export const get: Operation = {
	fields: [
		taskIdField('ID of the task to read, as given out by the node that made the video'),
		simplifyField,
	],
	execute: answering((context, itemIndex) => {
		const taskId = taskIdParameter(context, itemIndex, { name: 'taskId', label: 'Task ID' });
		const simplify = context.getNodeParameter('simplify', itemIndex, true) as boolean;
		return async (client) => {
			const task = await client.readTask(taskId);
			return [taskOutput(task, simplify)];
		};
	}),
};
