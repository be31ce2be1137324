import type { IWebhookFunctions } from 'n8n-workflow';

import { systemClock } from '../runtime/clock';
import { isRecord, numberOf } from '../piapi/json';
import type { Task } from '../piapi/task';
import { LruMap } from '../runtime/lruMap';

// PiAPI repeats a webhook within minutes. n8n keeps a copy of this list with every execution.
const KEPT_MS = 60 * 60_000;
const MAX_ENDS_PER_NODE = 2_000;
const NODES = 200;

/** The ends that have started a workflow, and when: milliseconds since 1970. The oldest come first. */
type Ends = Map<string, number>;

/**
 * By workflow and node, what has started a workflow since n8n began. n8n hands each webhook a copy of
 * the stored list and stores it afterwards, so that webhooks at the same time do not see one another
 * in it.
 */
const endsInThisProcess = new LruMap<Ends>(NODES);

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
	const known = merged(storedEnds(stored.ends), endsInThisProcess.get(keyOf(context)));
	const recent = new Map(known.filter(([, at]) => now - at < KEPT_MS));
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

function storedEnds(stored: unknown): Ends {
	const ends = Object.entries(isRecord(stored) ? stored : {});
	return new Map(ends.map(([end, at]) => [end, numberOf(at) ?? 0]));
}

/** What only the database knows is from before this process, or from another one. */
function merged(stored: Ends, here: Ends = new Map()): Array<[string, number]> {
	return [...new Map([...stored, ...here])].sort(([, one], [, other]) => one - other);
}
