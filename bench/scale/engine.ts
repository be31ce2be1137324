/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
/** Runs of many items in n8n's engine, in a process of its own. */
import { setTimeout as sleep } from 'node:timers/promises';

import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { runNode } from '../engine';
import { answerQuestions } from '../program';

export type Question = { measure: 'time' | 'memory'; url: string; items: number };

/** Bytes of one run. */
export interface Memory {
	output: number;
	/** The most during the run, beyond the output. */
	beyond: number;
	/** What is left when the output is gone. */
	kept: number;
}

const LOOK_EVERY_MS = 250;
const SETTLE_MS = 1000;

const collectGarbage = globalThis.gc as () => void;

function inputOf(count: number): INodeExecutionData[] {
	return Array.from({ length: count }, (_, index) => ({ json: { prompt: `Scene ${index + 1}` } }));
}

const parameters: IDataObject = { prompt: '={{ $json.prompt }}' };

/** @returns when the output was there, in milliseconds since 1970 */
async function timeOf({ url, items }: Question): Promise<number> {
	const output = await runNode({ url, parameters, items: inputOf(items) });
	const endedAt = Date.now();
	if (output.length !== items) throw new Error(`${output.length} of ${items} items came out`);
	return endedAt;
}

function bytesUsed(): number {
	collectGarbage();
	const { heapUsed, external } = process.memoryUsage();
	return heapUsed + external;
}

/** What the last steps of a run hold is let go of a moment later. */
async function bytesLeft(): Promise<number> {
	await sleep(SETTLE_MS);
	return bytesUsed();
}

/** The input is n8n's own and there before; the output is measured by letting go of it. */
async function memoryOf({ url, items }: Question): Promise<Memory> {
	const input = inputOf(items);
	const before = await bytesLeft();
	let peak = before;
	const watch = setInterval(() => (peak = Math.max(peak, bytesUsed())), LOOK_EVERY_MS);
	const held: { output?: INodeExecutionData[] } = {};
	held.output = await runNode({ url, parameters, items: input });
	peak = Math.max(peak, bytesUsed());
	clearInterval(watch);
	const withOutput = await bytesLeft();
	held.output = undefined;
	const after = await bytesLeft();
	const output = withOutput - after;
	return { output, beyond: peak - before - output, kept: after - before };
}

answerQuestions<Question>(async (question) =>
	question.measure === 'time' ? await timeOf(question) : await memoryOf(question),
);
