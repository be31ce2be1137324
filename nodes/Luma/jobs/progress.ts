import type { IExecuteFunctions } from 'n8n-workflow';

import { itemSuffix } from '../messages/items';
import type { TaskStatus } from '../piapi/task';
import type { Job, JobState } from './job';

const STAGES: Partial<Record<TaskStatus, string>> = {
	pending: 'is queued at PiAPI. Most videos take about two minutes.',
	staged: 'waits for a free place in your PiAPI account.',
	processing: 'is under way: Luma is making the video.',
};

/**
 * Tells how far the videos of a run are while a person waits for them. During a run n8n's editor shows
 * nothing of a node but a spinner: what the node sends goes to the console of the browser (seen on 1.123,
 * 2.8 and 2.41).
 */
export class Progress {
	private readonly told = new Map<Job, string>();

	/**
	 * @param tell takes one line
	 * @param itemCount number of input items
	 */
	constructor(
		private readonly tell: (line: string) => void,
		private readonly itemCount: number,
	) {}

	/** To be called whenever something was seen of a job; only what is new is told. */
	update(job: Job): void {
		const line = lineAbout(job.state);
		if (line === undefined || this.told.get(job) === line) return;
		this.told.set(job, line);
		this.tell(`${line}${itemSuffix([job.request.itemIndex], this.itemCount)}`);
	}
}

function lineAbout(state: JobState): string | undefined {
	switch (state.status) {
		case 'new':
		case 'creating':
		case 'cancelled':
			return undefined;
		case 'unconfirmed':
			return 'PiAPI has not confirmed the video. Looking for its task.';
		case 'running':
			return `Task ${state.taskId} ${STAGES[state.task?.status ?? 'pending'] ?? 'has ended.'}`;
		case 'succeeded':
			return `Task ${state.task.taskId} is completed: ${state.task.videoUrl}`;
		case 'timedOut':
			return `Task ${state.taskId} was not finished in time. PiAPI keeps working on it.`;
		case 'failed':
			return `${state.error.message}${state.taskId === undefined ? '' : ` (task ${state.taskId})`}`;
	}
}

/** For the browser's console in manual runs, and for n8n's log where it shows debug messages. */
export function progressOf(context: IExecuteFunctions): Progress {
	const tell = (line: string) => {
		context.sendMessageToUI(line);
		context.logger.debug(`${context.getNode().name}: ${line}`);
	};
	return new Progress(tell, context.getInputData().length);
}
