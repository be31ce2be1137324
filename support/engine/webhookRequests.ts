/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';

import type { SimulatedTask, Simulator } from '../../simulator';
import { PROMPT } from './service';

export interface CreateOptions {
	/** Where PiAPI is to report the end of the task, if anywhere. */
	endpoint?: string;
	/** Sent along with the report. */
	secret?: string;
	prompt?: string;
	apiKey?: string;
}

/** Orders a video as any program could, and brings the id of its task. */
export async function createTask(url: string, options: CreateOptions = {}): Promise<string> {
	const { endpoint = '', secret, prompt = PROMPT, apiKey = 'simulated-key' } = options;
	const response = await fetch(`${url}/api/v1/task`, {
		method: 'POST',
		headers: { 'content-type': 'application/json', 'x-api-key': apiKey },
		body: JSON.stringify({
			model: 'luma',
			task_type: 'video_generation',
			input: { prompt },
			...((endpoint || secret) && { config: { webhook_config: { endpoint, secret } } }),
		}),
	});
	const { data } = (await response.json()) as { data: { task_id: string } };
	return data.task_id;
}

/** What n8n makes of the body of a request: it parses by the label, and keeps the bytes (n8n 1.123 to 2.41). */
export async function bodyOf(
	request: IncomingMessage,
): Promise<{ rawBody: Buffer; body: unknown }> {
	const rawBody = await buffer(request);
	const [label] = String(request.headers['content-type'] ?? '').split(';');
	if (label === 'text/plain') return { rawBody, body: rawBody.toString() };
	if (label !== 'application/json') return { rawBody, body: {} };
	try {
		return { rawBody, body: JSON.parse(rawBody.toString()) as unknown };
	} catch {
		return { rawBody, body: {} };
	}
}

/** Ways to label JSON that n8n does not parse, or that say nothing. */
export const OTHER_LABELS = [
	'text/plain;charset=UTF-8',
	'text/plain',
	'application/octet-stream',
	'application/cloudevents+json',
	'application/x-www-form-urlencoded',
	'',
];

/** Where the reports that anybody could write say that the video is. */
export const FORGED_URL = 'https://evil.example/video.mp4';

/** A report of a video that is done, as anybody could write it. */
export function webhook(taskId: string) {
	const output = { video: FORGED_URL, video_raw: { url: FORGED_URL } };
	const data = { task_id: taskId, model: 'luma', status: 'completed', output };
	return { timestamp: 1724511853, data };
}

/** What PiAPI sends along with the webhook of the task. */
export function secretOf({ config }: SimulatedTask): string {
	return String(config.webhook_config?.secret);
}

/** Lets PiAPI's record show the end of a task, with the config that it was ordered with or another one. */
export function end(
	simulator: Simulator,
	{ taskId, config: ordered }: SimulatedTask,
	config = ordered,
) {
	const output = { video: `${simulator.baseUrl}/media/1` };
	const data = { task_id: taskId, model: 'luma', status: 'completed', output, config };
	const body = { code: 200, data, message: 'success' };
	const when = ({ path }: { path: string }) => path.endsWith(taskId);
	simulator.addFault({
		route: 'read',
		calls: 'every',
		when,
		effect: { kind: 'answer', status: 200, body },
	});
}

/** Sends a webhook to the address of the task, and brings the status that n8n answers. */
export async function post({ config }: SimulatedTask, secret: string | undefined, body: unknown) {
	const headers = {
		'content-type': 'application/json',
		...(secret !== undefined && { 'x-webhook-secret': secret }),
	};
	const { status } = await fetch(String(config.webhook_config?.endpoint), {
		method: 'POST',
		headers,
		body: typeof body === 'string' ? body : JSON.stringify(body),
	});
	return status;
}
