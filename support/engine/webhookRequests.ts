import type { SimulatedTask, SimulatorOptions } from '../../simulator';
import { PROMPT, startService } from './service';

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

/** Orders several videos, one after the other. */
export async function createTasks(
	url: string,
	prompts: string[] | number,
	apiKey?: string,
): Promise<string[]> {
	const ids: string[] = [];
	const all = typeof prompts === 'number' ? Array<string>(prompts).fill(PROMPT) : prompts;
	for (const prompt of all) ids.push(await createTask(url, { prompt, apiKey }));
	return ids;
}

/** A PiAPI for one test, at which any program has ordered these videos. */
export async function startServiceWith(prompts: string[] | number, options: SimulatorOptions = {}) {
	const service = await startService(options);
	return { ...service, made: await createTasks(service.url, prompts) };
}

/** Where the reports that anybody could write say that the video is. */
export const FORGED_URL = 'https://evil.example/video.mp4';

/** A report of a video that is done, as anybody could write it. */
export function webhook(taskId: string, claim: object = {}) {
	const output = { video: FORGED_URL, video_raw: { url: FORGED_URL } };
	const data = { task_id: taskId, model: 'luma', status: 'completed', output, ...claim };
	return { timestamp: 1724511853, data };
}

/** What PiAPI sends along with the webhook of the task. */
export function secretOf({ config }: SimulatedTask): string {
	return String(config.webhook_config?.secret);
}
