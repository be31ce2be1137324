/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { setTimeout as sleep } from 'node:timers/promises';

import { OWN_CONNECTION } from '../../scripts/n8n/rest';
import type { SimulatedTask } from '../../simulator';
import type { Batch } from './batch';

/** A call as PiAPI makes it to a resume address, or something that looks like one. */
export interface WebhookRequest {
	endpoint: string;
	secret?: string;
	body: string;
}

/** The status that n8n answers. */
export async function send({ endpoint, secret, body }: WebhookRequest): Promise<number> {
	const headers: Record<string, string> = { ...OWN_CONNECTION, 'content-type': 'application/json' };
	if (secret !== undefined) headers['x-webhook-secret'] = secret;
	const response = await fetch(endpoint, { method: 'POST', headers, body });
	await response.body?.cancel();
	return response.status;
}

/** What PiAPI would send, if the task had ended with this video. */
export function webhookOf(
	{ taskId, config, input }: SimulatedTask,
	claim: object = {},
): WebhookRequest {
	const { endpoint = '', secret } = config.webhook_config ?? {};
	const output = { video: 'http://127.0.0.1/forged.mp4', video_raw: null };
	const data = { task_id: taskId, model: 'luma', status: 'completed', input, output, ...claim };
	const timestamp = Math.floor(Date.now() / 1000);
	return { endpoint, secret, body: JSON.stringify({ timestamp, data }) };
}

const UNKNOWN_TASK = { task_id: '00000000-0000-4000-8000-000000000000' };

/** Calls that PiAPI never made, by somebody who does not know the secret. */
export function forgedWebhooks(task: SimulatedTask): WebhookRequest[] {
	const wrong = { secret: 'a-secret-that-is-wrong' };
	return [
		{ ...webhookOf(task), secret: undefined },
		{ ...webhookOf(task), ...wrong },
		{ ...webhookOf(task, UNKNOWN_TASK), ...wrong },
	];
}

/** And by somebody who does: about a task that nobody ordered, and about an end that is none. */
export function webhooksWithStolenSecret(task: SimulatedTask): WebhookRequest[] {
	return [webhookOf(task, UNKNOWN_TASK), webhookOf(task)];
}

/**
 * Sends copies of every call that the simulator sends for the tasks of a batch, in the same moment, until
 * it is stopped.
 *
 * @returns stops it, and tells what n8n answered to the copies
 */
export function duplicateWebhooks(batch: Batch, copies: number): () => Promise<number[]> {
	const answers: Array<Promise<number>> = [];
	let copied = 0;
	let isOn = true;
	const copyNew = () => {
		const calls = batch.calls('callback');
		for (const { path, taskId, body } of calls.slice(copied)) {
			const task = batch.tasks.find((candidate) => candidate.taskId === taskId);
			const secret = task?.config.webhook_config?.secret;
			const webhook = { endpoint: path, secret, body: JSON.stringify(body) };
			answers.push(...Array.from({ length: copies }, async () => await send(webhook)));
		}
		copied = calls.length;
	};
	const copying = (async () => {
		while (isOn) {
			copyNew();
			await sleep(10);
		}
	})();
	return async () => {
		isOn = false;
		await copying;
		return await Promise.all(answers);
	};
}
