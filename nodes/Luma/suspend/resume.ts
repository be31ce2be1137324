import type { INodeExecutionData, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { connect, type PiapiClient } from '../piapi/client';
import { hasEnded, isFinal } from '../piapi/task';
import { RunClock, systemClock, type Clock } from '../runtime/clock';
import { processMemory } from '../runtime/memory';
import { awaitedTask, resumedItems } from './items';
import {
	answer,
	handleWebhook,
	isSecretOf,
	isTask,
	onAnswered,
	readEndedTask,
	readNow,
	refuse,
	type TaskOrGone,
	type Webhook,
} from './webhook';

const suspended = processMemory<SuspendedExecution>('suspendedExecutions');

/** Takes a webhook of PiAPI for a suspended execution, and resumes it when all its tasks have ended. */
export async function resume(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	return await handleWebhook(context, context.getExecutionId(), receive);
}

async function receive(
	context: IWebhookFunctions,
	webhook: Webhook,
): Promise<IWebhookResponseData> {
	const items = suspendedItems(context);
	const taskIds = items.flatMap((item) => awaitedTask(item) ?? []);
	if (!taskIds.includes(webhook.taskId)) {
		return answer(context, 'accepted', 'Nothing here waits for this task.');
	}

	// The execution can be suspended again for other tasks later on.
	const key = [context.getExecutionId(), ...taskIds].join();
	const execution = suspended.getOrCreate(key, () => new SuspendedExecution(taskIds, systemClock));
	const piapi = await connect(context, new RunClock(systemClock));
	switch (await execution.receive(webhook, piapi)) {
		case 'retryLater':
			return answer(
				context,
				'retryLater',
				'Not all tasks have ended yet. Please repeat this webhook later.',
			);
		case 'wrongSecret':
			return refuse(context);
		case 'resume':
			// Where nobody knows, a repeat tries again: n8n resumes no execution that does not wait.
			onAnswered(context, (hasResumed = false) => execution.settle({ hasResumed }));
			return {
				workflowData: [resumedItems(items, execution.ends, context.getNode())],
				webhookResponse: { message: 'All tasks have ended, and the workflow continues.' },
			};
	}
}

/** What the node put in place of its input before the execution was suspended. */
function suspendedItems(context: IWebhookFunctions): INodeExecutionData[] {
	const items = context.evaluateExpression('{{ $input.all() }}', 0);
	return Array.isArray(items) ? (items as unknown as INodeExecutionData[]) : [];
}

/** What a webhook does to the execution; `retryLater` has PiAPI repeat it. */
type Outcome = 'resume' | 'retryLater' | 'wrongSecret';

/** Limits concurrent requests. */
const MAX_CONCURRENT_READS = 8;

/**
 * One suspended execution, as far as this process knows it. After a restart everything is read
 * again at PiAPI, so nothing here is stored.
 */
export class SuspendedExecution {
	/** How its tasks have ended; an error stands for a task that is gone. */
	readonly ends = new Map<string, TaskOrGone>();

	private isResuming = false;

	constructor(
		/** The tasks it waits for, in the order of the items. */
		private readonly taskIds: readonly string[],
		private readonly clock: Clock,
	) {}

	/**
	 * The first webhook that finds all tasks ended resumes the execution; all others are to be repeated.
	 * So the repeats of one also cover another that is lost, or one that PiAPI’s record lags behind. Of
	 * webhooks that arrive together each notes its own end before it looks for the others', so one of
	 * them finds all.
	 *
	 * @throws PiapiError when PiAPI cannot be read
	 */
	async receive({ taskId, secret }: Webhook, piapi: PiapiClient): Promise<Outcome> {
		if (this.isResuming) return 'retryLater';
		const known = this.ends.get(taskId);
		const task = known && isTask(known) ? known : await readEndedTask(piapi, taskId, this.clock);
		if (!task || !isTask(task)) return 'retryLater';
		if (!isSecretOf(task, secret)) return 'wrongSecret';

		this.ends.set(taskId, task);
		if (!(await this.haveAllEnded(piapi)) || this.isResuming) return 'retryLater';
		this.isResuming = true;
		return 'resume';
	}

	/** What became of a resume: where n8n could not do it, PiAPI's repeat tries again. */
	settle({ hasResumed }: { hasResumed: boolean }): void {
		if (hasResumed) this.ends.clear();
		else this.isResuming = false;
	}

	/** Tasks mostly end in their order, so the last ones are read first, and reading stops at an open one. */
	private async haveAllEnded(piapi: PiapiClient): Promise<boolean> {
		for (let many = 1; !this.isResuming; many = Math.min(2 * many, MAX_CONCURRENT_READS)) {
			const unseen = this.taskIds.filter((taskId) => !this.ends.has(taskId));
			if (unseen.length === 0) return true;
			const looked = unseen.slice(-many);
			await Promise.all(looked.map(async (taskId) => await this.look(taskId, piapi)));
			if (!looked.every((taskId) => this.ends.has(taskId))) return false;
		}
		return false;
	}

	/** Notes the end of a task that no webhook has told of, if it has ended. */
	private async look(taskId: string, piapi: PiapiClient): Promise<void> {
		const seen = await readNow(piapi, taskId);
		if (!isTask(seen) && seen.code !== 'unknownTask') throw seen;
		if (isTask(seen) && !isFinal(seen)) return;
		// A task can be out of sight for a moment, and a video without its link.
		const isSure = isTask(seen) && hasEnded(seen);
		const end = isSure ? seen : await readEndedTask(piapi, taskId, this.clock);
		if (end) this.ends.set(taskId, end);
	}
}
