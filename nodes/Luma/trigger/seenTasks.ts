import type { IWebhookFunctions } from 'n8n-workflow';

import type { Task } from '../piapi/task';

// PiAPI repeats a report within minutes. n8n keeps a copy of this list with every execution.
const ENDS_OF_A_NODE = 500;
const NODES = 200;

/**
 * By workflow and node, the ends that have started a workflow since n8n began. n8n hands each call a
 * copy of the stored list and stores it afterwards, so that reports at the same time do not see one
 * another in it.
 */
const endsInThisProcess = new Map<string, ReadonlySet<string>>();

/**
 * Whether this end of the task has not started the workflow yet; from now on it has. Looks and notes
 * without a pause in between, so that of two reports at the same time only one is news.
 */
export function isNews(context: IWebhookFunctions, { taskId, status }: Task): boolean {
	// Whoever tries the workflow out in the editor may send the same task again and again.
	if (context.getMode() === 'manual') return true;

	const end = `${taskId}:${status}`;
	const stored = context.getWorkflowStaticData('node');
	const node = `${context.getWorkflow().id}/${context.getNode().id}`;
	const ends = merged(stored.ends, endsInThisProcess.get(node));
	const isNew = !ends.has(end);
	const newest = [...ends.add(end)].slice(-ENDS_OF_A_NODE);
	keep(node, newest);
	// Assigning makes n8n write to its database.
	if (String(newest) !== String(stored.ends)) stored.ends = newest;
	return isNew;
}

/** The oldest first: what only the database knows is from before this process, or from another one. */
function merged(stored: unknown, here: ReadonlySet<string> = new Set()): Set<string> {
	const earlier = Array.isArray(stored) ? stored.map(String) : [];
	return new Set([...earlier.filter((end) => !here.has(end)), ...here]);
}

function keep(node: string, ends: string[]): void {
	endsInThisProcess.delete(node);
	endsInThisProcess.set(node, new Set(ends));
	if (endsInThisProcess.size <= NODES) return;
	const [longestAgo] = endsInThisProcess.keys();
	endsInThisProcess.delete(longestAgo);
}
