import {
	Simulator,
	VirtualClock,
	type SimulatorOptions,
	type SimulatorResponse,
} from '../../simulator';

export interface WireTask {
	task_id: string;
	status: string;
	config: { webhook_config: { secret: string } };
	output: Record<string, unknown> | null;
	meta: { usage: { frozen: number; consume: number } };
	error: { code: number; message: string };
}

export interface Answer<T = unknown> {
	status: number;
	code: number;
	message: string;
	data: T;
}

const HEADERS = { 'x-api-key': 'simulated-key' };

/** A customer of a simulator that lives in virtual time. */
export function openAccount(options: SimulatorOptions = {}) {
	const clock = new VirtualClock();
	const simulator = new Simulator({ clock, ...options });
	const send = async (method: string, path: string, body?: unknown): Promise<SimulatorResponse> =>
		await simulator.handle({ method, path, headers: HEADERS, body });
	const call = async <T>(method: string, path: string, body?: unknown): Promise<Answer<T>> => {
		const response = await send(method, path, body);
		return { ...(response.body as Answer<T>), status: response.status };
	};
	return {
		clock,
		simulator,
		send,
		call,
		create: async (input: object = {}, config?: object) =>
			await call<WireTask>('POST', '/api/v1/task', {
				model: 'luma',
				task_type: 'video_generation',
				input: { prompt: 'a heron takes off', ...input },
				config,
			}),
		read: async (taskId: string) => await call<WireTask>('GET', `/api/v1/task/${taskId}`),
		run: async <T>(work: () => Promise<T>) => await clock.run(work),
		statuses: () => [...simulator.tasks.values()].map(({ status }) => status),
	};
}
