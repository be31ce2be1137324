import { taskOutput } from '../../jobs/output';
import { retry } from '../../runtime/retry';
import { perItem } from '../perItem';
import { taskIdParameter } from '../validation';
import { taskOutputFields, taskOutputFormat } from '../fields';
import { taskLocator } from '../taskLocator';
import type { Operation } from '../operation';

export const get: Operation = {
	fields: [
		taskLocator('searchTasks', {
			description: 'The task to read. Its ID is in the output of the node that made the video.',
		}),
		...taskOutputFields,
	],
	execute: perItem((context, itemIndex) => {
		const taskId = taskIdParameter(context, itemIndex, { name: 'taskId', label: 'Task ID' });
		const format = taskOutputFormat(context, itemIndex);
		return async (client, clock) => {
			const task = await retry(clock, async () => await client.readTask(taskId));
			return [taskOutput(task, format)];
		};
	}),
};
