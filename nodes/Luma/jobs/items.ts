import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	NodeApiError,
	NodeOperationError,
} from 'n8n-workflow';

import type { LeftBehind } from '../messages/remedies';
import { nodeErrorOf } from '../piapi/nodeError';
import { isUncharged, readTask } from '../piapi/task';
import { attemptOf, taskOf, type Job } from './job';
import { taskOutput } from './output';
import { listPriceUsd, sumUsd } from './spending/price';

/** The item that a job becomes. A failed one carries what is known of its task. */
export function itemOf(context: IExecuteFunctions, job: Job): INodeExecutionData {
	const { state } = job;
	const { itemIndex, take } = job.request;
	if (state.status === 'failed') {
		const place = { itemIndex, itemCount: context.getInputData().length, take };
		const error = nodeErrorOf(context.getNode(), state.error, { place });
		return errorItem(error, itemIndex, knownJson(job));
	}
	return {
		json: knownJson(job),
		...(state.status === 'succeeded' && state.binary && { binary: state.binary }),
		pairedItem: { item: itemIndex },
	};
}

/** What is known of the job's task, as the JSON of an output item. */
function knownJson(job: Job): IDataObject {
	const { state, request } = job;
	const { taskId, task } = taskOf(state);
	if (state.status === 'timedOut') return timedOutJson(job);
	if (!task) return taskId === undefined ? {} : { taskId };
	return taskOutput(task, request.output, { waitSeconds: waitSecondsOf(job) });
}

/** A task whose time is up. One that could never be read still has the shape of an output. */
export function timedOutJson(job: Job): IDataObject {
	const { taskId = '', task = readTask({ task_id: taskId }) } = taskOf(job.state);
	if (!task) return { taskId };
	const waitSeconds = waitSecondsOf(job);
	return taskOutput(task, job.request.output, { waitSeconds, timedOut: true });
}

function waitSecondsOf({ state }: Job): number | null {
	if (!('endedAt' in state)) return null;
	return Math.round((state.endedAt - state.startedAt) / 100) / 10;
}

/** Which input item an output item belongs to. */
export function inputIndexOf({ pairedItem }: INodeExecutionData): number {
	return typeof pairedItem === 'object' && 'item' in pairedItem ? pairedItem.item : 0;
}

/** n8n's table shows the first fields first: what went wrong comes before what else is known of the task. */
export function failedJson(
	message: IDataObject,
	whatToDo: string | null | undefined,
	{ status, ...known }: IDataObject,
): IDataObject {
	return {
		...(status !== undefined && { status }),
		...message,
		whatToDo: whatToDo ?? null,
		...known,
	};
}

/** The item of a failed job where On Error is set to continue: the message, what to do, and what is known of the task. */
export function errorItem(
	error: NodeApiError | NodeOperationError,
	itemIndex: number,
	known: IDataObject = {},
): INodeExecutionData {
	const item: INodeExecutionData = {
		json: failedJson({ error: error.message }, error.description, known),
		pairedItem: { item: itemIndex },
	};
	// n8n picks the items for an error output by their `error`, and it would replace the JSON of an
	// item that still has one afterwards by the bare message. Not enumerable, it stays behind when
	// n8n copies the item to the error output, and the JSON arrives whole.
	if (error.node.onError === 'continueErrorOutput') {
		Object.defineProperty(item, 'error', { value: error, enumerable: false });
	}
	return item;
}

/**
 * What a run leaves behind at PiAPI that one item ends, so that its message can name everything paid.
 *
 * @returns undefined when the run creates nothing
 */
export function leftBehind(ending: Job, jobs: Job[]): LeftBehind | undefined {
	const creating = jobs.filter(({ request }) => request.source.type === 'create');
	if (creating.length === 0) return undefined;
	const others = creating.filter((job) => job !== ending);
	return {
		taskIds: others.flatMap((job) => paidTaskOf(job) ?? []),
		unconfirmed: others.flatMap((job) => {
			const attempt = paidTaskOf(job) === undefined ? attemptOf(job) : undefined;
			return attempt ? [{ itemIndex: job.request.itemIndex, sentAt: attempt.sentAt }] : [];
		}),
		isItemPaid: paidTaskOf(ending) !== undefined || attemptOf(ending) !== undefined,
		priceUsd: sumUsd(creating.flatMap(listedUsdOf)),
	};
}

function listedUsdOf({ request: { source } }: Job): number[] {
	return source.type === 'create' ? [listPriceUsd(source.body)] : [];
}

/** A task that ended without a video costs nothing. */
function paidTaskOf({ state }: Job): string | undefined {
	const { taskId, task } = taskOf(state);
	return task && isUncharged(task) ? undefined : taskId;
}
