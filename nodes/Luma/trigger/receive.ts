import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { answer } from '../callback/answer';
import { readEndedTask } from '../callback/endedTask';
import { takeReport, wordsOf } from '../callback/report';
import { chosenSecret } from '../callback/secret';
import { steadyClock } from '../generation/clock';
import { taskOutput } from '../generation/output';
import { connect } from '../piapi/connect';
import { PiapiTrouble } from '../piapi/errors';
import { textOf } from '../piapi/json';
import type { Task } from '../piapi/task';
import { isNews } from './seenTasks';

/** The ends of a task that a workflow can be started by; PiAPI does not report a cancelled task. */
const EVENTS = ['completed', 'failed'] as const;

/** Takes a report of PiAPI, and starts the workflow with what PiAPI's own record says about the task. */
export async function receive(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	return await takeReport(context, {
		secrets: (credential) => [chosenSecret(credential)].filter((secret) => secret !== undefined),
		take: async (taskId) => await start(context, taskId),
	});
}

async function start(context: IWebhookFunctions, taskId: string): Promise<IWebhookResponseData> {
	const task = await readReported(context, taskId);
	if (task === 'unknown') return answer(context, 'taken', 'PiAPI does not know this task.');
	if (!task) return answer(context, 'later', 'The end is not recorded yet. Please repeat later.');

	const objection = objectionTo(context, task);
	if (objection) return answer(context, 'taken', objection);
	const simplify = context.getNodeParameter('simplify', true) !== false;
	return { workflowData: [[{ json: taskOutput(task, simplify) }]] };
}

/** A task that PiAPI does not know even after a while will stay unknown: to repeat the report is no use. */
async function readReported(
	context: IWebhookFunctions,
	taskId: string,
): Promise<Task | 'unknown' | undefined> {
	const client = await connect(context);
	return await readEndedTask(client, taskId, steadyClock).catch((error: unknown) => {
		if (!(error instanceof PiapiTrouble) || error.kind !== 'unknownTask') throw error;
		context.logger.warn(`${context.getNode().name} ignored a report. ${wordsOf(error)}`, {
			taskId,
		});
		return 'unknown' as const;
	});
}

/** Why the task does not start the workflow. */
function objectionTo(context: IWebhookFunctions, task: Task): string | undefined {
	const model = textOf(task.raw.model)?.trim().toLowerCase();
	if (model !== undefined && model !== 'luma') return 'This is not a task of Luma.';
	if (!isChosen(context, task)) return 'This end of a task starts nothing here.';
	if (!isNews(context, task)) return 'This task has started the workflow before.';
	return undefined;
}

/** Nothing chosen means that nothing is filtered: no paid video is to be missed for an empty field. */
function isChosen(context: IWebhookFunctions, { status }: Task): boolean {
	const chosen = [context.getNodeParameter('events', EVENTS)].flat();
	const events = EVENTS.filter((event) => chosen.includes(event));
	return (events.length > 0 ? events : EVENTS).some((event) => event === status);
}
