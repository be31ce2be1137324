import {
	NodeOperationError,
	type INodeExecutionData,
	type INodeProperties,
	type IPollFunctions,
} from 'n8n-workflow';

import { simplifiedOrRaw, taskOutput } from '../jobs/output';
import { connect } from '../piapi/client';
import { credentialOf } from '../piapi/credential';
import { isRetryable, PiapiError } from '../piapi/errors';
import type { PiapiErrorCode } from '../messages/catalog';
import { numberOf, recordOf } from '../piapi/json';
import { nodeErrorOf } from '../piapi/nodeError';
import { endEvents, isOneOf, type Task } from '../piapi/task';
import { RunClock, systemClock } from '../runtime/clock';
import { activePolls } from '../runtime/memory';
import { pollAccount } from './polling';
import { PollReader } from './pollReader';
import { readState, storedState } from './pollState';

const HOUR_MS = 60 * 60_000;
const DEFAULT_HOURS = 24;
const MAX_HOURS = 168;
const MAX_POLL_MS = 30_000;

export const optionsField: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [
		{
			displayName: 'Catch Up (Hours)',
			name: 'catchUpHours',
			type: 'number',
			noDataExpression: true,
			typeOptions: { minValue: 1, maxValue: MAX_HOURS },
			default: DEFAULT_HOURS,
			description:
				'After n8n or the workflow was off: how far back to go. Videos that finished before that do not start the workflow. At most 168 hours.',
		},
	],
};

const NEXT_POLL =
	'The trigger asks again at its next poll time, and starts the workflow then for every video that has finished by now: none is lost.';

/** Starts the workflow with the tasks that ended since the last poll, or with nothing. */
export async function poll(context: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	const isTest = context.getMode() === 'manual';
	try {
		const tasks = isTest ? [await testEvent(context)] : await endedTasks(context);
		if (tasks.length === 0) return null;
		const format = simplifiedOrRaw(context.getNodeParameter('simplify', true) !== false);
		return [tasks.map((task) => ({ json: taskOutput(task, format) }))];
	} catch (error) {
		if (!isTest && isReported(context, error)) return null;
		const remedy = isRetryable(error) ? NEXT_POLL : undefined;
		const shown =
			error instanceof PiapiError ? nodeErrorOf(context.getNode(), error, { remedy }) : error;
		throw Object.assign(shown as Error, { failure: failureOf(error) });
	}
}

/** What n8n 2.41 goes by when it polls less often for a while (`pollFailureFromError` in its source). */
const CAUSES: Partial<Record<PiapiErrorCode, string>> = {
	tooManyRequests: 'rate-limited',
	outOfBalance: 'quota-exhausted',
	wrongKey: 'credential-invalid',
	planTooLow: 'configuration-invalid',
	notPiapi: 'configuration-invalid',
	redirected: 'configuration-invalid',
};

function failureOf(error: unknown) {
	// Anything else is refused before PiAPI is asked.
	if (!(error instanceof PiapiError)) return { cause: 'configuration-invalid' };
	const { retryAfterMs } = error.details;
	return { cause: CAUSES[error.code] ?? 'temporarily-unavailable', retryAfterMs };
}

/**
 * n8n begins a poll at each poll time, also when the one before is under way. Where it has handed in another
 * object since (the workflow was saved, or n8n has given up the earlier poll), what is under way no longer
 * counts. The object is changed last, when all has been read: what n8n does not store is found again.
 */
async function endedTasks(context: IPollFunctions): Promise<Task[]> {
	const reader = await readerFor(context);
	const settings = { credential: await credentialOf(context), catchUpMs: catchUpMs(context) };
	const key = `${context.getWorkflow().id}/${context.getNode().id}`;
	const stored = context.getWorkflowStaticData('node');
	if (activePolls.get(key) === stored) return [];
	activePolls.set(key, stored);
	try {
		const work = pollAccount(reader, readState(stored.state), settings);
		const { state, ended } = await reader.inTime(work);
		if (activePolls.get(key) !== stored) return [];
		stored.state = storedState(state);
		if (stored.failure !== undefined) delete stored.failure;
		return ended.filter((task) => isOneOf(eventsOf(context), task));
	} finally {
		if (activePolls.get(key) === stored) activePolls.delete(key);
	}
}

/** n8n 2.41 can begin polls on a scheduler that gives them up after a while, and tells how long they have. */
interface WithBudget {
	getPollBudgetMs?: () => number;
}

/** In any case it has less time than passes between two polls. */
async function readerFor(context: IPollFunctions & WithBudget): Promise<PollReader> {
	const clock = new RunClock(systemClock);
	const budgetMs = numberOf(context.getPollBudgetMs?.()) ?? MAX_POLL_MS;
	return new PollReader(await connect(context, clock), clock, Math.min(budgetMs, MAX_POLL_MS));
}

/**
 * Whether n8n has listed the same within the last hour, as a failed execution: a poll may come each minute.
 * Where n8n drops the state of a poll that fails, it polls less and less often by itself.
 */
function isReported(context: IPollFunctions, error: unknown): boolean {
	const stored = context.getWorkflowStaticData('node');
	const { words, at } = recordOf(stored.failure);
	const now = systemClock.now();
	const said = error instanceof Error ? error.message : String(error);
	if (words === said && now - (numberOf(at) ?? 0) < HOUR_MS) return true;
	stored.failure = { words: said, at: now };
	return false;
}

async function testEvent(context: IPollFunctions): Promise<Task> {
	const reader = await readerFor(context);
	const task = await reader.latestTask(eventsOf(context));
	if (task) return task;
	throw new NodeOperationError(context.getNode(), 'No video has finished yet', {
		description:
			"PiAPI lists no finished Luma task of this account that fits 'Events'. Create a video, wait until it is ready, then fetch the test event again.",
		level: 'warning',
	});
}

function eventsOf(context: IPollFunctions) {
	return endEvents(context.getNodeParameter('events', []));
}

/** Milliseconds; what is no number of hours in the range counts as the nearest one that is. */
function catchUpMs(context: IPollFunctions): number {
	const { catchUpHours } = recordOf(context.getNodeParameter('options', {}));
	const hours = numberOf(catchUpHours) ?? DEFAULT_HOURS;
	return Math.min(Math.max(hours, 1), MAX_HOURS) * HOUR_MS;
}
