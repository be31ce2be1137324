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
import { numberOf, recordOf } from '../piapi/json';
import { endEvents, isOfLuma, isOneOf, type Task } from '../piapi/task';
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
	if (!isSecretOf(task, secret)) return refuse(context);

	if (!isOfLuma(task)) return answer(context, 'accepted', 'This is not a task of Luma.');
	// PiAPI does not report a cancelled task.
	if (!isOneOf(endEvents(context.getNodeParameter('events', [])), task)) {
		return answer(context, 'accepted', 'This end of a task starts nothing here.');
	}
	if (!markIfNew(context, task)) {
		return answer(context, 'accepted', 'This task has started the workflow before.');
	}
	onAnswered(context, (isStarted) => {
		if (!isStarted) unmark(context, task);
	});
	const simplify = context.getNodeParameter('simplify', true) !== false;
	return { workflowData: [[{ json: taskOutput(task, simplifiedOrRaw(simplify)) }]] };
}

// PiAPI repeats a webhook within minutes. n8n keeps a copy of this list with every execution.
const KEPT_MS = 60 * 60_000;
const MAX_ENDS_PER_NODE = 2_000;

/** The ends that have started a workflow, and when: milliseconds since 1970. The oldest come first. */
type Ends = Map<string, number>;

/**
 * What has started a workflow since n8n began. n8n hands each webhook a copy of the stored list and stores
 * it afterwards, so that webhooks at the same time do not see one another in it.
 */
const endsInThisProcess = processMemory<Ends>('startedEnds');

/**
 * Whether this end of the task has not started the workflow yet; from now on it has. Looks and marks
 * without a pause in between, so that of two webhooks at the same time only one is new.
 */
export function markIfNew(context: IWebhookFunctions, task: Task): boolean {
	// A test in the editor may send the same task many times.
	if (context.getMode() === 'manual') return true;

	const now = systemClock.now();
	const end = endOf(task);
	const stored = context.getWorkflowStaticData('node');
	const ends = knownEnds(stored.ends, endsInThisProcess.get(keyOf(context)));
	const recent = new Map(ends.filter(([, at]) => now - at < KEPT_MS));
	const isNew = !recent.has(end);
	if (isNew) recent.set(end, now);
	const kept = [...recent].slice(-MAX_ENDS_PER_NODE);
	endsInThisProcess.set(keyOf(context), new Map(kept));
	// Assigning makes n8n write to its database.
	const next = Object.fromEntries(kept);
	if (JSON.stringify(next) !== JSON.stringify(stored.ends)) stored.ends = next;
	return isNew;
}

/** For an end whose run n8n could not start. It has not stored the mark then. */
export function unmark(context: IWebhookFunctions, task: Task): void {
	endsInThisProcess.get(keyOf(context))?.delete(endOf(task));
}

function endOf({ taskId, status }: Task): string {
	return `${taskId}:${status}`;
}

function keyOf(context: IWebhookFunctions): string {
	return `${context.getWorkflow().id}/${context.getNode().id}`;
}

/** What only the database knows is from before this process, or from another one. */
function knownEnds(stored: unknown, here: Ends = new Map()): Array<[string, number]> {
	const ends = new Map(
		Object.entries(recordOf(stored)).map(([end, at]) => [end, numberOf(at) ?? 0]),
	);
	here.forEach((at, end) => ends.set(end, at));
	return [...ends].sort(([, one], [, other]) => one - other);
}
