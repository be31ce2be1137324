import { serve, Simulator, type SimulatorOptions } from '../simulator';
import { answerQuestions, type Program } from './program';

/** What the service knows of one task. */
export interface TaskFacts {
	createdAt: number;
	endedAt: number;
	/** When it was read, in milliseconds since 1970. */
	reads: number[];
}

type Question = { open: SimulatorOptions } | { tasksAt: string };

/** All tasks of a service, in the order in which they were made. */
export function tasksOf({ tasks, calls }: Simulator): TaskFacts[] {
	const reads = new Map<string, number[]>([...tasks.keys()].map((taskId) => [taskId, []]));
	for (const { route, taskId, at } of calls) {
		if (route === 'read' && taskId !== undefined) reads.get(taskId)?.push(at);
	}
	return [...tasks.values()].map(({ taskId, createdAt, endedAt }) => ({
		createdAt,
		endedAt: Number(endedAt),
		reads: reads.get(taskId) ?? [],
	}));
}

/** Room for everything at once, so that it is the node that is measured and not the account. */
export const ROOMY = { queueSeconds: 0, concurrency: 10_000, balanceUsd: 100_000 };

/** @returns the address of a new service in the process of `serviceApart.ts` */
export async function openService(apart: Program, options: SimulatorOptions): Promise<string> {
	return await apart.ask({ open: { ...ROOMY, ...options } } satisfies Question);
}

export async function askTasks(apart: Program, url: string): Promise<TaskFacts[]> {
	return await apart.ask({ tasksAt: url } satisfies Question);
}

/** Services in a process of their own, whose work and memory do not count. */
export function answerAsService(): void {
	const open = new Map<string, Simulator>();
	answerQuestions<Question>(async (question) => {
		if ('tasksAt' in question) return tasksOf(open.get(question.tasksAt)!);
		const simulator = new Simulator(question.open);
		const { url } = await serve(simulator);
		open.set(url, simulator);
		return url;
	});
}
