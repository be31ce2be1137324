import type { CreateTaskBody } from '../../nodes/Luma/piapi/client';
import {
	Simulator,
	VirtualClock,
	type Route,
	type SimulatorOptions,
	type SimulatorRequest,
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

export const API_KEY = 'simulated-key';

export function bodyOf(prompt: string, input: object = {}): CreateTaskBody {
	const asked = { model: 'ray-v2', prompt, duration: 5, aspect_ratio: '16:9', ...input };
	return { model: 'luma', task_type: 'video_generation', input: asked };
}

/** Whether the node asks for it, and nobody else: its creates carry a tag. */
export function isOfNode({ body }: SimulatorRequest): boolean {
	return (body as CreateTaskBody).config !== undefined;
}

export type Account = ReturnType<typeof openAccount>;

/** An account of a simulator that lives in virtual time, and a customer who does without the node. */
export function openAccount(options: SimulatorOptions = {}) {
	const clock = new VirtualClock();
	const simulator = new Simulator({ clock, ...options });
	const send = async (method: string, path: string, body?: unknown, headers: object = {}) => {
		const request = { method, path, headers: { 'x-api-key': API_KEY, ...headers }, body };
		return await simulator.handle(request);
	};
	const call = async <T>(...request: Parameters<typeof send>): Promise<Answer<T>> => {
		const response: SimulatorResponse = await send(...request);
		return { ...(response.body as Answer<T>), status: response.status };
	};
	/** Asks for what `creating('Scene 0')` asks for, save for this input. */
	const create = async (input: object = {}, config?: object, headers?: object) => {
		const body = { ...bodyOf('Scene 0', input), config };
		return await call<WireTask>('POST', '/api/v1/task', body, headers);
	};
	return {
		...{ clock, simulator, send, call, create },
		createMany: async (many: number, input?: object) => {
			for (let made = 0; made < many; made++) await create(input);
		},
		read: async (taskId: string) => await call<WireTask>('GET', `/api/v1/task/${taskId}`),
		run: async <T>(work: () => Promise<T>) => await clock.run(work),
		pass: async (milliseconds: number) => await clock.pass(milliseconds),
		/** Does something when that time has passed, while others wait. */
		later: (milliseconds: number, work: () => Promise<unknown>) =>
			void clock.sleep(milliseconds).then(work),
		statuses: () => [...simulator.tasks.values()].map(({ status }) => status),
		ids: () => [...simulator.tasks.keys()],
		/** How often the service was called there. */
		count: (route: Route) => simulator.calls.filter((each) => each.route === route).length,
	};
}
