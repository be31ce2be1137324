import {
	deepCopy,
	NodeOperationError,
	type INodeExecutionData,
	type INodeProperties,
	type IPollFunctions,
} from 'n8n-workflow';

import { simplifiedOrRaw, taskOutput } from '../jobs/output';
import { connect } from '../piapi/client';
import { credentialOf } from '../piapi/credential';
import { isRetryable } from '../piapi/errors';
import { isRecord, numberOf, recordOf } from '../piapi/json';
import { asNodeError } from '../piapi/nodeError';
import { endEvents, isOneOf, type Task } from '../piapi/task';
import { RunClock, systemClock } from '../runtime/clock';
import { activePolls, processMemory } from '../runtime/memory';
import { latestTask, pollAccount, type PollState } from './polling';

const HOUR_MS = 60 * 60_000;
const DEFAULT_HOURS = 24;
const MAX_HOURS = 168;

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
	try {
		const isTest = context.getMode() === 'manual';
		const tasks = isTest ? [await testEvent(context)] : await endedTasks(context);
		if (tasks.length === 0) return null;
		const format = simplifiedOrRaw(context.getNodeParameter('simplify', true) !== false);
		return [tasks.map((task) => ({ json: taskOutput(task, format) }))];
	} catch (error) {
		const remedy = isRetryable(error) ? NEXT_POLL : undefined;
		throw asNodeError(context.getNode(), error, { remedy });
	}
}

/** n8n begins a poll at each poll time, also when the one before is still under way. */
async function endedTasks(context: IPollFunctions): Promise<Task[]> {
	const key = `${context.getWorkflow().id}/${context.getNode().id}`;
	if (activePolls.has(key)) return [];
	activePolls.add(key);
	try {
		return await pollOnce(context, key);
	} finally {
		activePolls.delete(key);
	}
}

/** The state is changed last, and only when all has been read. */
async function pollOnce(context: IPollFunctions, key: string): Promise<Task[]> {
	const clock = new RunClock(systemClock);
	const piapi = await connect(context, clock);
	const stored = context.getWorkflowStaticData('node');
	const lastStates = processMemory<PollState>('pollStates');
	const before = newerOf(readState(stored.state), lastStates.get(key));
	const credential = await credentialOf(context);
	const settings = { credential, catchUpMs: catchUpMs(context) };
	const { state, ended } = await pollAccount(piapi, clock, before, settings);
	stored.state = state;
	lastStates.set(key, state);
	return ended.filter((task) => isOneOf(eventsOf(context), task));
}

async function testEvent(context: IPollFunctions): Promise<Task> {
	const clock = new RunClock(systemClock);
	const piapi = await connect(context, clock);
	const task = await latestTask(piapi, clock, eventsOf(context));
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

/** A copy of what n8n has stored for the node: n8n watches the changes of its own. Undefined without any. */
export function readState(stored: unknown): PollState | undefined {
	const { status, scope, cursor, tasks } = recordOf(stored);
	const isState = isRecord(scope) && isRecord(cursor) && Array.isArray(tasks);
	return isState && status === 'following' ? deepCopy(stored as PollState) : undefined;
}

/**
 * A workflow that is saved while it is active begins with the state that n8n stored with its last start,
 * which can be older than what the last poll of this process left.
 */
function newerOf(
	stored: PollState | undefined,
	last: PollState | undefined,
): PollState | undefined {
	if (!stored || !last) return stored ?? last;
	return stored.revision >= last.revision ? stored : last;
}
