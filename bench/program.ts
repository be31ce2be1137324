/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions */
import { fork } from 'node:child_process';

interface Question {
	id: number;
	content: unknown;
}

type Answer = { id: number; content: unknown } | { id: number; trouble: string };

/** A TypeScript program of this folder in a process of its own. */
export interface Program {
	ask<T>(question: unknown): Promise<T>;
	stop(): void;
}

/** @param file such as `scale/engine.ts`; it takes its questions by `answerQuestions` */
export function startProgram(file: string): Program {
	const child = fork(file, [], {
		cwd: __dirname,
		execArgv: ['--expose-gc', '--import', 'tsx'],
		stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
	});
	const asked = new Map<number, (answer: Answer) => void>();
	child.on('message', (answer: Answer) => asked.get(answer.id)?.(answer));
	child.on('exit', () => {
		for (const [id, tell] of asked) tell({ id, trouble: `${file} ended early` });
	});

	let last = 0;
	return {
		ask: async <T>(content: unknown) => {
			const id = ++last;
			const answer = await new Promise<Answer>((resolve) => {
				asked.set(id, resolve);
				child.send({ id, content } satisfies Question);
			});
			asked.delete(id);
			if ('trouble' in answer) throw new Error(answer.trouble);
			return answer.content as T;
		},
		stop: () => void child.kill(),
	};
}

/** Starts a program for one piece of work. */
export async function withProgram<T>(
	file: string,
	work: (program: Program) => Promise<T>,
): Promise<T> {
	const program = startProgram(file);
	try {
		return await work(program);
	} finally {
		program.stop();
	}
}

/** The other end: answers what the parent asks, and ends with it. */
export function answerQuestions<Q>(answer: (question: Q) => Promise<unknown>): void {
	process.on('message', ({ id, content }: Question) => {
		void answer(content as Q).then(
			(found) => process.send?.({ id, content: found } satisfies Answer),
			(error: Error) => process.send?.({ id, trouble: String(error.stack) } satisfies Answer),
		);
	});
	process.on('disconnect', () => process.exit());
}
