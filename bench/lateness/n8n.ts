/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/require-node-api-error */
import { setTimeout as sleep } from 'node:timers/promises';

import { openStage, RIGHT_KEY } from '../../support/stage';
import { until } from '../../support/eventually';
import { serveTally, Tally } from '../../support/tally';
import type { LatenessRow } from '../results';
import { ROOMY, tasksOf } from '../service';
import { latenessRow, lengthsAround } from './row';
import { workflowFor, type LiveWay } from './workflows';

const WAYS: LiveWay[] = ['poll', 'callback', 'loop'];

/** Executions do not begin in the same moment, nor do their reads. */
const PAUSE_MS = 300;

/** Later than that nobody looks any more. */
const PATIENCE_MS = 60_000;

export interface LiveN8n {
	/** Begins executions for tasks of about that length, in each way. */
	begin(taskSeconds: number, count: number): Promise<Group>;
	close(): Promise<void>;
}

export interface Group {
	/** Waits until all have their video. */
	rows(): Promise<LatenessRow[]>;
}

/** A real n8n, in which the node and the loop that templates use stand side by side. */
export async function openLiveN8n(): Promise<LiveN8n> {
	const seconds = new Map<unknown, number>();
	const stage = await openStage({
		simulator: { ...ROOMY, renderSeconds: ({ prompt }) => seconds.get(prompt) ?? 1 },
	});
	const tally = new Tally();
	const { url: tallyUrl, close: closeTally } = await serveTally(tally);
	const close = async () => {
		await closeTally();
		await stage.close();
	};
	try {
		const { client, simulator } = stage;
		const credential = await stage.credentialWith(RIGHT_KEY);
		const places = { tallyUrl, serviceUrl: simulator.baseUrl, credential };
		const addresses = new Map<LiveWay, string>();
		for (const way of WAYS) {
			const { path, ...file } = workflowFor(way, places);
			await client.activate(await client.createWorkflow(file));
			addresses.set(way, `${client.url}/webhook/${path}`);
		}

		const order = async (way: LiveWay, prompt: string, likeness: object) => {
			await post(addresses.get(way)!, { prompt, ...likeness });
			await sleep(PAUSE_MS);
		};
		const begin = async (taskSeconds: number, count: number, ways = WAYS): Promise<Group> => {
			const lengths = lengthsAround(taskSeconds, count);
			const prompts = (way: LiveWay) => lengths.map((length) => `${way} for ${length} s`);
			for (const [index, length] of lengths.entries()) {
				for (const way of ways) {
					const prompt = prompts(way)[index];
					seconds.set(prompt, length);
					await order(way, prompt, likenessOf(taskSeconds));
				}
			}
			const endsBy = Date.now() + Math.max(...lengths) * 1000 + PATIENCE_MS;
			const rows = async () => {
				const all = ways.flatMap(prompts);
				const hasCome = (prompt: string) => tally.of(prompt).length > 0;
				await until('all videos are there', () => all.every(hasCome), endsBy - Date.now());
				return ways.map((way) => rowOf(way, prompts(way)));
			};
			const rowOf = (way: LiveWay, wanted: string[]) => {
				const promptsOfTasks = [...simulator.tasks.values()].map(({ input }) => input.prompt);
				const tasks = tasksOf(simulator);
				const seen = wanted.map((prompt) => ({
					task: tasks[promptsOfTasks.indexOf(prompt)],
					seenAt: tally.of(prompt)[0].at,
				}));
				return latenessRow({ taskSeconds, way, clock: 'n8n' }, seen);
			};
			return { rows };
		};
		// The first executions of a new n8n load its code; these two teach the node nothing about times.
		await (await begin(1, 1, ['callback', 'loop'])).rows();
		return { begin, close };
	} catch (error) {
		await close();
		throw error;
	}
}

/** Videos of one length are of one kind, as they are at Luma: how long the one took tells of the other. */
function likenessOf(taskSeconds: number) {
	return {
		model: taskSeconds < 60 ? 'ray-v1' : 'ray-v2',
		duration: taskSeconds === 30 || taskSeconds === 300 ? 10 : 5,
	};
}

async function post(url: string, body: object): Promise<void> {
	const headers = { 'content-type': 'application/json' };
	const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
	if (!response.ok) throw new Error(`n8n answered a call with ${response.status}`);
	await response.body?.cancel();
}
