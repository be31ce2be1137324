/** One run of many items in n8n's engine, in a process of its own. */
import './typescriptFirst';

import type { INodeExecutionData } from 'n8n-workflow';

import { runLuma } from '../support/engine/engine';
import { answer } from './isolated';
import { bytesLeft, peakBytesOf } from './memory';

export interface ItemRequest {
	/** A service with short tasks: the first run of a process loads code. */
	warmUpUrl: string;
	url: string;
	items: number;
}

export interface Found {
	/** When the output was there, in milliseconds since 1970. */
	endedAt: number;
	/** The output as n8n stores it. */
	outputBytes: number;
	/** The most memory during the run, beyond the output. */
	peakBytes: number;
	/** What is left when the output is gone. */
	keptBytes: number;
}

const WARM_UP_ITEMS = 100;
const SETTLE_MS = 1000;
const SAMPLE_INTERVAL_MS = 500;

async function runOf(url: string, items: INodeExecutionData[]) {
	const run = await runLuma({ url, parameters: { prompt: '={{ $json.prompt }}' }, items });
	const endedAt = Date.now();
	if (run.items.length !== items.length) throw new Error(String(run.error?.message));
	return { output: run.items, endedAt };
}

/** Loads the code of a run, and holds nothing of its output. */
async function warmUp(url: string, items: INodeExecutionData[]): Promise<void> {
	await runOf(url, items);
}

/** The input is n8n's own and there before; the output is measured by releasing it. */
async function measure({ warmUpUrl, url, items: count }: ItemRequest): Promise<Found> {
	const items = Array.from({ length: count }, (_, index) => ({
		json: { prompt: `Scene ${index + 1}` },
	}));
	await warmUp(warmUpUrl, items.slice(0, WARM_UP_ITEMS));
	const before = await bytesLeft(SETTLE_MS);
	const [measured, peak] = await peakBytesOf(
		async () => await runOf(url, items),
		SAMPLE_INTERVAL_MS,
	);
	let run: typeof measured | undefined = measured;
	const { endedAt } = measured;
	const withOutput = await bytesLeft(SETTLE_MS);
	const outputBytes = Buffer.byteLength(JSON.stringify(run.output));
	run = undefined;
	const after = await bytesLeft(SETTLE_MS);
	return {
		endedAt,
		outputBytes,
		peakBytes: peak - (withOutput - after),
		keptBytes: after - before,
	};
}

answer(measure);
