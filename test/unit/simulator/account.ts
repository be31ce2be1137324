import {
	Simulator,
	VirtualClock,
	type SimulatorOptions,
	type SimulatorResponse,
	type TaskInput,
} from '../../../simulator';

export interface WireTask {
	task_id: string;
	status: string;
	input: TaskInput;
	config: Record<string, unknown>;
	output: Record<string, unknown> | null;
	meta: {
		created_at: string;
		started_at: string;
		ended_at: string;
		usage: { type: string; frozen: number; consume: number };
		is_using_private_pool: boolean;
	};
	error: { code: number; raw_message: string; message: string };
}

export interface Answer<T = unknown> {
	status: number;
	code: number;
	message: string;
	data: T;
}

/** A customer of a simulator that lives in virtual time. */
export function openAccount(options: SimulatorOptions = {}) {
	const clock = new VirtualClock();
	const simulator = new Simulator({ clock, ...options });
	const headers = { 'x-api-key': 'simulated-key' };

	const send = async (method: string, path: string, body?: unknown): Promise<SimulatorResponse> =>
		await simulator.handle({ method, path, headers, body });
	const call = async <T>(method: string, path: string, body?: unknown): Promise<Answer<T>> => {
		const response = await send(method, path, body);
		return { ...(response.body as Answer<T>), status: response.status };
	};
	const createWith = async (body: unknown) => await call<WireTask>('POST', '/api/v1/task', body);
	return {
		clock,
		simulator,
		send,
		call,
		createWith,
		create: async (input: Record<string, unknown> = {}, config?: object, extra: object = {}) =>
			await createWith({
				model: 'luma',
				task_type: 'video_generation',
				input: { prompt: 'a heron takes off', ...input },
				config,
				...extra,
			}),
		read: async (taskId: string) => await call<WireTask>('GET', `/api/v1/task/${taskId}`),
		run: async <T>(work: () => Promise<T>) => await clock.run(work),
	};
}
