/* eslint-disable @n8n/community-nodes/no-restricted-imports */
/** One run of many items in n8n's engine, in a process of its own. */
import './typescriptFirst';
import { monitorEventLoopDelay } from 'node:perf_hooks';

import type { INodeExecutionData } from 'n8n-workflow';

import { runLuma } from '../support/engine/engine';
import { answer } from './isolated';
import { bytesLeft, peakBytesOf } from '../support/memory';

export interface Question {
	/** The first one has short tasks: the first run of a process loads code. */
	urls: [string, string];
	items: number;
	/** Memory is not sampled beside a measurement of time. */
	samplesMemory: boolean;
}

export interface Found {
	/** When the output was there, in milliseconds since 1970. */
	endedAt: number;
	/** The output as n8n stores it. */
	outputBytes: number;
	/** The longest time for which nothing else could happen in the process. */
	blockedMs: number;
	/** The most memory during the run beyond the output, and what is left without it. */
	peakBytes: number;
	leftBytes: number;
}

async function runOf(url: string, items: INodeExecutionData[]) {
	const run = await runLuma({ url, parameters: { prompt: '={{ $json.prompt }}' }, items });
	if (run.items.length !== items.length) throw new Error(String(run.error?.message));
	return { output: run.items as INodeExecutionData[] | undefined, endedAt: Date.now() };
}

/** The input is n8n's own and there before; what the output holds is known by releasing it. */
async function measure({ urls, items: count, samplesMemory }: Question): Promise<Found> {
	const items = Array.from({ length: count }, (_, index) => ({
		json: { prompt: `Scene ${index + 1}` },
	}));
	await runOf(urls[0], items.slice(0, 100));
	const before = await bytesLeft();
	const delays = monitorEventLoopDelay({ resolution: 10 });
	delays.enable();
	const work = async () => await runOf(urls[1], items);
	const [run, peak] = samplesMemory ? await peakBytesOf(work, 2_000) : [await work(), NaN];
	delays.disable();
	const outputBytes = Buffer.byteLength(JSON.stringify(run.output));
	const withOutput = await bytesLeft();
	run.output = undefined;
	const after = await bytesLeft();
	const memory = { peakBytes: peak - (withOutput - after), leftBytes: after - before };
	return { endedAt: run.endedAt, outputBytes, blockedMs: delays.max / 1e6, ...memory };
}

answer(measure);
