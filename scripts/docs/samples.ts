import type { IDataObject } from 'n8n-workflow';

import { serve, Simulator, type SimulatorOptions } from '../../simulator';
import { openBinaryStore } from '../../support/engine/binaryStore';
import { runLuma, type LumaRunOptions } from '../../support/engine/engine';
import type { Operation } from './nodes';
import { stable } from './stable';

/** A run of the node in n8n's engine, in front of a simulator of its own. */
export interface SampleRun extends Omit<LumaRunOptions, 'url'> {
	service?: SimulatorOptions;
	/** Parameters that make a task beforehand; the output is the input of the run. */
	earlier?: IDataObject;
	/** How far that task is when the run begins; default: as far as its service lets it. */
	earlierIs?: 'processing' | 'failed';
}

const REFUSAL = { message: 'content moderation: the prompt is not allowed' };
const PROMPT =
	'A red fox is trotting along a mossy log in a misty pine forest at dawn, camera trucks right, low golden sunlight';
/** Tasks stay where they are, unless `earlierIs` moves them on. */
const HELD: SimulatorOptions = { queueSeconds: Infinity, renderSeconds: Infinity };
const CONTINUE: SampleRun['settings'] = { onError: 'continueRegularOutput' };

const COMPLETED: IDataObject = { prompt: PROMPT };
const ORDERED: IDataObject = { prompt: PROMPT, waitMode: 'none' };
const TASK: IDataObject = { taskId: '={{ $json.taskId }}' };
const PENDING: Omit<SampleRun, 'parameters'> = { service: HELD, earlier: ORDERED };

/** What an operation is run with to show its output; one that is not here gets `ANY_OPERATION`. */
const OF_OPERATION: Record<string, SampleRun> = {
	'Video: Text to Video': { parameters: { prompt: PROMPT } },
	'Video: Image to Video': {
		parameters: {
			startImageUrl: 'http://127.0.0.1:9/cup.jpg',
			prompt: 'Steam is rising from the cup, camera pushes in, soft morning light',
			aspectRatio: '9:16',
		},
	},
	'Video: Extend': {
		earlier: COMPLETED,
		parameters: {
			sourceTaskId: '={{ $json.taskId }}',
			prompt: 'The fox is jumping off the log and running into the ferns',
		},
	},
	'Video: Join': { earlier: { prompt: PROMPT, options: { numberOfVideos: 3 } }, parameters: {} },
	'Task: Get': { ...PENDING, earlierIs: 'processing', parameters: TASK },
	'Task: Get Many': { earlier: COMPLETED, parameters: { includeDetails: true } },
	'Task: Wait': { earlier: ORDERED, parameters: TASK },
	'Task: Cancel': { ...PENDING, parameters: TASK },
	'Task: Cancel Many': { ...PENDING, parameters: { tasksToCancel: 'all' } },
	'Account: Get Usage': {
		earlier: COMPLETED,
		parameters: { startDate: '={{ $today }}' },
		timezone: 'Europe/Berlin',
	},
	'Account: Get': { ...PENDING, service: { ...HELD, balanceUsd: 12.5 }, parameters: {} },
};

const ANY_OPERATION: SampleRun = { earlier: COMPLETED, parameters: TASK };

/** Further outputs that docs/operations.md explains. */
const OTHERS: Record<string, SampleRun> = {
	'With Simplify off': { parameters: { prompt: PROMPT, simplify: false } },
	'Without waiting': { service: HELD, parameters: ORDERED },
	'When time is up': {
		service: HELD,
		parameters: { prompt: PROMPT, options: { onTimeout: 'output', timeoutMinutes: 0.03 } },
	},
	'When On Error Is Set to Continue': {
		service: { outcome: () => REFUSAL },
		parameters: COMPLETED,
		settings: CONTINUE,
	},
	'A task that failed': {
		...PENDING,
		earlierIs: 'failed',
		parameters: { resource: 'task', operation: 'get', ...TASK },
	},
	'Too late to cancel': {
		...PENDING,
		earlierIs: 'processing',
		parameters: { resource: 'task', operation: 'cancel', ...TASK },
	},
	'Dry Run': { parameters: { prompt: 'Red fox', options: { dryRun: true } } },
};

/** The sample outputs by the heading they stand under. */
export async function samples(operations: Operation[]): Promise<Record<string, IDataObject>> {
	const runs = operations.map(({ heading, chosenBy }): [string, SampleRun] => {
		const run = OF_OPERATION[heading] ?? ANY_OPERATION;
		return [heading, { ...run, parameters: { ...chosenBy, ...run.parameters } }];
	});
	const outputs: Record<string, IDataObject> = {};
	for (const [heading, run] of [...runs, ...Object.entries(OTHERS)]) {
		const { json, error } = await runSample(run);
		if (json.length === 0) throw new Error(`No output of ${heading}: ${error?.message}`);
		outputs[heading] = stable(json[0]);
	}
	return outputs;
}

export async function runSample({ service, earlier, earlierIs, ...run }: SampleRun) {
	await openBinaryStore('default');
	const simulator = new Simulator({ renderSeconds: 0, queueSeconds: 0, ...service });
	const { url, close } = await serve(simulator);
	try {
		const made = earlier && (await runLuma({ url, parameters: pollingFast(earlier) }));
		const [task] = simulator.tasks.values();
		if (earlierIs === 'processing') simulator.start(task);
		if (earlierIs === 'failed') simulator.fail(task, REFUSAL);
		const parameters = pollingFast(run.parameters);
		return await runLuma({ url, items: made?.json, ...run, parameters });
	} finally {
		await close();
	}
}

function pollingFast({ options, ...parameters }: IDataObject): IDataObject {
	return { ...parameters, options: { pollIntervalSeconds: 0.1, ...(options as IDataObject) } };
}

/** The message about the third of three items, and what to do, as n8n shows them. */
export async function sampleMessage(): Promise<string> {
	const { json } = await runSample({
		service: { outcome: ({ prompt }) => (prompt === PROMPT ? undefined : REFUSAL) },
		items: [{ prompt: PROMPT }, { prompt: PROMPT }, { prompt: 'A prompt that Luma rejects' }],
		parameters: { prompt: '={{ $json.prompt }}' },
		settings: CONTINUE,
	});
	const { error, whatToDo } = stable(json[2]);
	return `> **${String(error)}**\n>\n> ${String(whatToDo)}`;
}
