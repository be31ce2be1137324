/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
/** One run of many items in n8n's engine, in a process of its own. */
import './typescriptFirst';
import { setTimeout as sleep } from 'node:timers/promises';

import type { INodeExecutionData } from 'n8n-workflow';

import { runLuma } from '../support/engine';
import { answer } from './isolated';

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
/** Each look collects garbage: more often it would slow large runs down. */
const POLL_INTERVAL_MS = 500;
/** What the last steps of a run hold is released a moment later. */
const SETTLE_MS = 1000;

const collectGarbage = globalThis.gc as () => void;

function bytesUsed(): number {
	collectGarbage();
	const { heapUsed, external } = process.memoryUsage();
	return heapUsed + external;
}

async function bytesLeft(): Promise<number> {
	await sleep(SETTLE_MS);
	return bytesUsed();
}

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
	const before = await bytesLeft();
	let peak = before;
	const look = () => (peak = Math.max(peak, bytesUsed()));
	const timer = setInterval(look, POLL_INTERVAL_MS);
	let run: Awaited<ReturnType<typeof runOf>> | undefined = await runOf(url, items);
	clearInterval(timer);
	look();
	const { endedAt } = run;
	const withOutput = await bytesLeft();
	const outputBytes = Buffer.byteLength(JSON.stringify(run.output));
	run = undefined;
	const after = await bytesLeft();
	return {
		endedAt,
		outputBytes,
		peakBytes: peak - before - (withOutput - after),
		keptBytes: after - before,
	};
}

answer(measure);
