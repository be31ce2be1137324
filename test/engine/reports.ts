import { PROMPT } from './service';

export interface Order {
	/** Where PiAPI is to report the end of the task, if anywhere. */
	endpoint?: string;
	/** Sent along with the report. */
	secret?: string;
	prompt?: string;
	apiKey?: string;
}

/** Orders a video as any program could, and brings the id of its task. */
export async function order(url: string, options: Order = {}): Promise<string> {
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

/** Where the reports that anybody could write say that the video is. */
export const EVIL = 'https://evil.example/video.mp4';

/** A report of a video that is done, as anybody could write it. */
export function report(taskId: string) {
	const output = { video: EVIL, video_raw: { url: EVIL } };
	const data = { task_id: taskId, model: 'luma', status: 'completed', output };
	return { timestamp: 1724511853, data };
}
