import { NodeOperationError, type INodeExecutionData, type IPollFunctions } from 'n8n-workflow';

import { simplifiedOrRaw, taskOutput } from '../jobs/output';
import { connect } from '../piapi/connect';
import { endEvents, isOneOf } from '../piapi/endEvents';
import { catchPiapiError, PiapiError } from '../piapi/errors';
import type { Task } from '../piapi/task';
import { LruMap } from '../runtime/lruMap';
import { RunClock, systemClock } from '../runtime/clock';
import { follow } from './follow';
import { latestTask } from './latestTask';
import { catchUpMs } from './options';
import { pollErrorOf } from './pollError';
import { readState, type Following, type PollState } from './state';
import type { PollRun } from './taskList';

const MAX_NODES = 200;

/**
 * By workflow and node, what the last poll of this process left. A workflow that is saved while it is
 * active begins with the state that n8n stored with its last start, which can be older.
 */
const lastStates = new LruMap<Following>(MAX_NODES);

/** n8n begins a poll at each poll time, also when the one before is still under way. */
const polling = new Set<string>();

/** Starts the workflow with the tasks that ended since the last poll, or with nothing. */
export async function trigger(context: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	if (context.getMode() === 'manual') return await fetchTestEvent(context);

	const key = `${context.getWorkflow().id}/${context.getNode().id}`;
	if (polling.has(key)) return null;
	polling.add(key);
	try {
		const tasks = await orNodeError(context, pollOnce(context, key));
		return tasks.length > 0 ? [itemsOf(context, tasks)] : null;
	} finally {
		polling.delete(key);
	}
}

/** The state is changed last, and only when all has been read. */
async function pollOnce(context: IPollFunctions, key: string): Promise<Task[]> {
	const run = await runOf(context);
	const stored = context.getWorkflowStaticData('node');
	const state = newerOf(readState(stored.state), lastStates.get(key));
	const credential = await context.getCredentials('piapiApi');
	const settings = { credential, catchUpMs: catchUpMs(context) };
	const { state: next, ended } = await follow(run, state, settings);
	stored.state = next;
	lastStates.set(key, next);
	const events = endEvents(context.getNodeParameter('events', []));
	return ended.filter((task) => isOneOf(events, task));
}

async function fetchTestEvent(context: IPollFunctions): Promise<INodeExecutionData[][]> {
	const run = await runOf(context);
	const events = endEvents(context.getNodeParameter('events', []));
	const task = await orNodeError(context, latestTask(run, events));
	if (task) return [itemsOf(context, [task])];
	throw new NodeOperationError(context.getNode(), 'No video has finished yet', {
		description:
			"PiAPI lists no finished Luma task of this account that fits 'Events'. Create a video, wait until it is ready, then fetch the test event again.",
		level: 'warning',
	});
}

async function runOf(context: IPollFunctions): Promise<PollRun> {
	return { client: await connect(context), clock: new RunClock(systemClock) };
}

function newerOf(stored: PollState, last: Following | undefined): PollState {
	if (!last) return stored;
	return stored.status === 'following' && stored.revision >= last.revision ? stored : last;
}

function itemsOf(context: IPollFunctions, tasks: Task[]): INodeExecutionData[] {
	const format = simplifiedOrRaw(context.getNodeParameter('simplify', true) !== false);
	return tasks.map((task) => ({ json: taskOutput(task, format) }));
}

async function orNodeError<T>(context: IPollFunctions, work: Promise<T>): Promise<T> {
	const outcome = await catchPiapiError(work);
	if (outcome instanceof PiapiError) throw pollErrorOf(context.getNode(), outcome);
	return outcome;
}
