/* eslint-disable @n8n/community-nodes/no-restricted-globals */
import execa from 'execa';

import { elapsed, startProgress } from './progress';

/** A hang, and not a machine that is busy. */
const LIMIT_MINUTES = 60;

/** One thing to be checked. It can run while an earlier one is still on the screen. */
export interface Step {
	title: string;
	/** Settles when the step is over; never rejects. */
	finished: Promise<boolean>;
	/** Gives `write` all output so far, and the rest as it comes. */
	watch(write: (text: string) => void): void;
	/** Its output is worth reading although it succeeded. */
	talkative: boolean;
	took(): string;
}

export interface StepOptions {
	talkative?: boolean;
	/** Starts only when these are over, however they ended. */
	after?: Step[];
}

/** `work` gets a function that takes its output, and tells whether it succeeded. */
export function startStep(
	title: string,
	work: (write: (text: string) => void) => Promise<boolean>,
	{ talkative = false, after = [] }: StepOptions = {},
): Step {
	let output = '';
	let show: ((text: string) => void) | undefined;
	let took = '0:00';
	const write = (text: string) => {
		output += text;
		show?.(text);
	};

	const run = async () => {
		await Promise.all(after.map(async (step) => await step.finished));
		const startedAt = Date.now();
		try {
			return await work(write);
		} catch (error) {
			write(`${(error as Error).message}\n`);
			return false;
		} finally {
			took = elapsed(startedAt);
		}
	};

	return {
		title,
		talkative,
		finished: run(),
		took: () => took,
		watch(newShow) {
			show = newShow;
			if (output) show(output);
		},
	};
}

/**
 * Runs a command in the repository, its output going to the step's. One that does not come to its
 * end (a test that leaves a server open, for instance) fails instead of holding up the others.
 */
export function command([program, ...args]: string[], env: Record<string, string> = {}) {
	return async (write: (text: string) => void) => {
		const timeout = LIMIT_MINUTES * 60_000;
		const killSignal = 'SIGKILL' as const;
		const child = execa(program, args, {
			all: true,
			buffer: false,
			reject: false,
			stdin: 'ignore',
			env,
			timeout,
			killSignal,
		});
		child.all?.on('data', (chunk: Buffer) => write(chunk.toString()));
		const { exitCode, timedOut } = await child;
		if (timedOut) write(`Stopped, because it had not ended after ${LIMIT_MINUTES} minutes.\n`);
		return exitCode === 0;
	};
}

/** Shows a step under its heading until it is over. */
export async function showStep(step: Step): Promise<boolean> {
	process.stdout.write(`\n── ${step.title}\n`);
	if (step.talkative) {
		step.watch((text) => process.stdout.write(text));
		const succeeded = await step.finished;
		process.stdout.write(`${mark(succeeded)} (${step.took()})\n`);
		return succeeded;
	}

	const progress = startProgress(step.title);
	const succeeded = await step.finished;
	progress.stop();
	if (!succeeded) step.watch((text) => process.stdout.write(text));
	process.stdout.write(`${mark(succeeded)} (${step.took()})\n`);
	return succeeded;
}

export function mark(succeeded: boolean): string {
	return succeeded ? '✓ passed' : '✗ failed';
}
