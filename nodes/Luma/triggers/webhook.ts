import {
	NodeOperationError,
	type IHookFunctions,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { simplifiedOrRaw, taskOutput } from '../jobs/output';
import type { PiapiErrorCode } from '../messages/catalog';
import { connect } from '../piapi/client';
import { PiapiError } from '../piapi/errors';
import { recordOf } from '../piapi/json';
import { endEvents, isOfLuma, isOneOf, type Task } from '../piapi/task';
import { hasTagForm } from '../piapi/webhookTag';
import { RunClock, systemClock } from '../runtime/clock';
import { processMemory } from '../runtime/memory';
import {
	answer,
	handleWebhook,
	isSecretOf,
	isTask,
	messageOf,
	onAnswered,
	readEndedTask,
	refuse,
	type Webhook,
} from '../suspend/webhook';

/** What only a person can correct. After anything else the trigger works as soon as PiAPI does. */
const USER_FIXABLE: ReadonlySet<PiapiErrorCode> = new Set([
	'wrongKey',
	'planTooLow',
	'redirected',
	'notPiapi',
]);

/**
 * Tells whoever activates the workflow, or listens for a test call, when the credential cannot work.
 * Nothing is registered at PiAPI: each task carries the address of its webhook.
 *
 * @throws NodeOperationError whose message alone says what to do, because n8n shows nothing else of it
 */
export async function checkActivation(context: IHookFunctions): Promise<void> {
	// When n8n starts nobody reads the message, and n8n would leave the trigger off.
	if (['init', 'leadershipChange'].includes(context.getActivationMode())) return;

	const piapi = await connect(context, new RunClock(systemClock));
	try {
		await piapi.account({ once: true });
	} catch (error) {
		const words = messageOf(error);
		if (error instanceof PiapiError && USER_FIXABLE.has(error.code)) {
			throw new NodeOperationError(context.getNode(), words, { level: 'warning' });
		}
		context.logger.warn(`${context.getNode().name} could not try its credential. ${words}`);
	}
}

/** Takes a webhook of PiAPI, and starts the workflow with what PiAPI's own record says about the task. */
export async function startWorkflow(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	return await handleWebhook(context, '', start);
}

async function start(
	context: IWebhookFunctions,
	{ taskId, secret }: Webhook,
): Promise<IWebhookResponseData> {
	const piapi = await connect(context, new RunClock(systemClock));
	const task = await readEndedTask(piapi, taskId, systemClock);
	if (!task) return answer(context, 'retryLater', 'The end is not recorded yet.');
	if (!isTask(task)) {
		// A task that PiAPI does not know even after a while will stay unknown: a repeat would not help.
		context.logger.warn(`${context.getNode().name} ignored a webhook. ${messageOf(task)}`, {
			taskId,
		});
		return answer(context, 'accepted', 'PiAPI does not know this task.');
	}
	if (!isSecretOf(task, secret) || isTagOfAnother(context, task, secret)) return refuse(context);

	if (!isOfLuma(task)) return answer(context, 'accepted', 'This is not a task of Luma.');
	// PiAPI does not report a cancelled task.
	if (!isOneOf(endEvents(context.getNodeParameter('events', [])), task)) {
		return answer(context, 'accepted', 'This end of a task starts nothing here.');
	}
	if (!markIfNew(context, task, { tag: secret, now: piapi.now() })) {
		return answer(context, 'accepted', 'This task has started the workflow before.');
	}
	onAnswered(context, (isStarted) => {
		if (isStarted === false) unmark(context, task);
	});
	const simplify = context.getNodeParameter('simplify', true) !== false;
	return { workflowData: [[{ json: taskOutput(task, simplifiedOrRaw(simplify)) }]] };
}

/** What is known reaches that far back from the newest end: n8n keeps a copy of it with every execution. */
const KEPT_MS = 60 * 60_000;
const MAX_MARKS = 2_000;

/**
 * The ends that have started a workflow, and the tasks that creation tags have come with; when each task had
 * ended, in milliseconds since 1970 on PiAPI's clock. The oldest come first.
 */
type Marks = Map<string, number>;

/**
 * What has started a workflow since n8n began. n8n hands each webhook a copy of the stored list and stores
 * it afterwards, so that webhooks at the same time do not see one another in it.
 */
const marksInThisProcess = processMemory<Marks>('startedEnds');

/**
 * Whether this end of the task has not started the workflow yet; from now on it has. An end before all that is
 * kept counts as known: PiAPI repeats a webhook within minutes, so somebody else does. Looks and marks without
 * a pause in between, so that of two webhooks at the same time only one is new.
 */
export function markIfNew(
	context: IWebhookFunctions,
	task: Task,
	{ tag, now = systemClock.now() }: { tag?: string; now?: number } = {},
): boolean {
	// A test in the editor may send the same task many times.
	if (context.getMode() === 'manual') return true;

	const marks = knownMarks(context);
	const endedAt = Math.min(task.completedAt ?? now, now);
	const isNew = !marks.has(endOf(task)) && endedAt > floorOf(marks);
	if (isNew) {
		marks.set(endOf(task), endedAt);
		if (hasTagForm(tag)) marks.set(tagOf(task, tag), endedAt);
	}
	const ordered = inOrder(marks);
	const floor = floorOf(ordered);
	const kept = new Map([...ordered].filter(([, at]) => at > floor).slice(-MAX_MARKS));
	marksInThisProcess.set(keyOf(context), kept);
	// Assigning makes n8n write to its database.
	const stored = context.getWorkflowStaticData('node');
	const next = Object.fromEntries(kept);
	if (JSON.stringify(next) !== JSON.stringify(stored.ends)) stored.ends = next;
	return isNew;
}

/** For an end whose run n8n could not start. It has not stored the mark then. */
export function unmark(context: IWebhookFunctions, task: Task): void {
	marksInThisProcess.get(keyOf(context))?.delete(endOf(task));
}

/** Whether the creation tag has come with the end of another task: PiAPI may not say whose it is. */
export function isTagOfAnother(context: IWebhookFunctions, task: Task, tag: string): boolean {
	if (!hasTagForm(tag)) return false;
	const own = tagOf(task, tag);
	const [random] = own.split(':');
	return [...knownMarks(context).keys()].some((mark) => mark.startsWith(random) && mark !== own);
}

/** With the random part of the tag only, which proves nothing. */
function tagOf({ taskId }: Task, tag: string): string {
	return `${tag.split('.')[1]}:${taskId}`;
}

function endOf({ taskId, status }: Task): string {
	return `${taskId}:${status}`;
}

function keyOf(context: IWebhookFunctions): string {
	return `${context.getWorkflow().id}/${context.getNode().id}`;
}

/** What only the database knows is from before this process, or from another one. */
function knownMarks(context: IWebhookFunctions): Marks {
	const { ends } = context.getWorkflowStaticData('node');
	const stored = Object.entries(recordOf(ends)).filter(
		(entry): entry is [string, number] => typeof entry[1] === 'number',
	);
	return inOrder([...stored, ...(marksInThisProcess.get(keyOf(context)) ?? [])]);
}

function inOrder(marks: Iterable<[string, number]>): Marks {
	return new Map([...new Map(marks)].sort(([, one], [, other]) => one - other));
}

/** What had ended by then is forgotten, if it was known. */
function floorOf(marks: Marks): number {
	const times = [...marks.values()];
	const newest = times.at(-1) ?? -Infinity;
	return Math.max(newest - KEPT_MS, times.length < MAX_MARKS ? -Infinity : times[0] - 1);
}
