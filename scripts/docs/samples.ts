import type { IDataObject } from 'n8n-workflow';

import type { SimulatorOptions } from '../../simulator';
import { REFUSAL, runSample, type SampleRun } from './engine';
import type { Operation } from './nodes';
import { stable } from './stable';

const PROMPT =
	'A red fox is trotting along a mossy log in a misty pine forest at dawn, camera trucks right, low golden sunlight';
const FAST_POLLING = { pollIntervalSeconds: 0.1 };
/** Tasks stay where they are, unless `earlierIs` moves them on. */
const HELD: SimulatorOptions = { queueSeconds: Infinity, renderSeconds: Infinity };
const REJECTED: SimulatorOptions = { renderSeconds: 0.05, outcome: () => REFUSAL };
const CONTINUE: SampleRun['settings'] = { onError: 'continueRegularOutput' };

const COMPLETED: IDataObject = { prompt: PROMPT, options: FAST_POLLING };
const ORDERED: IDataObject = { prompt: PROMPT, waitMode: 'none' };
const TASK: IDataObject = { taskId: '={{ $json.taskId }}' };

/** What an operation is run with to show its output; one that is not here gets `ANY_OPERATION`. */
const OF_OPERATION: Record<string, SampleRun> = {
	'Video: Text to Video': { parameters: { prompt: PROMPT, options: FAST_POLLING } },
	'Video: Image to Video': {
		parameters: {
			startImageUrl: 'http://127.0.0.1:9/cup.jpg',
			prompt: 'Steam is rising from the cup, camera pushes in, soft morning light',
			aspectRatio: '9:16',
			options: FAST_POLLING,
		},
	},
	'Video: Extend': {
		earlier: COMPLETED,
		parameters: {
			sourceTaskId: '={{ $json.taskId }}',
			prompt: 'The fox is jumping off the log and running into the ferns',
			options: FAST_POLLING,
		},
	},
	'Video: Join': {
		earlier: { prompt: PROMPT, options: { ...FAST_POLLING, numberOfVideos: 3 } },
		parameters: {},
	},
	'Task: Get': { service: HELD, earlier: ORDERED, earlierIs: 'processing', parameters: TASK },
	'Task: Get Many': { earlier: COMPLETED, parameters: { includeDetails: true } },
	'Task: Wait': { earlier: ORDERED, parameters: { ...TASK, options: FAST_POLLING } },
	'Task: Cancel': { service: HELD, earlier: ORDERED, parameters: TASK },
	'Task: Cancel Many': {
		service: HELD,
		earlier: ORDERED,
		parameters: { tasksToCancel: 'all' },
	},
	'Account: Get Usage': {
		earlier: COMPLETED,
		parameters: { startDate: '={{ $today }}' },
		timezone: 'Europe/Berlin',
	},
	'Account: Get': {
		service: { ...HELD, balanceUsd: 12.5 },
		earlier: ORDERED,
		parameters: {},
	},
};

const ANY_OPERATION: SampleRun = { earlier: COMPLETED, parameters: TASK };

/** Further outputs that docs/operations.md explains. */
const OTHERS: Record<string, SampleRun> = {
	'With Simplify off': { parameters: { prompt: PROMPT, simplify: false, options: FAST_POLLING } },
	'Without waiting': { service: HELD, parameters: ORDERED },
	'When time is up': {
		service: HELD,
		parameters: {
			prompt: PROMPT,
			options: { ...FAST_POLLING, onTimeout: 'output', timeoutMinutes: 0.03 },
		},
	},
	'When On Error Is Set to Continue': {
		service: REJECTED,
		parameters: COMPLETED,
		settings: CONTINUE,
	},
	'A task that failed': {
		service: HELD,
		earlier: ORDERED,
		earlierIs: 'failed',
		parameters: { resource: 'task', operation: 'get', ...TASK },
	},
	'Too late to cancel': {
		service: HELD,
		earlier: ORDERED,
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
		outputs[heading] = stable(await firstOutput(heading, run)) as IDataObject;
	}
	return outputs;
}

async function firstOutput(heading: string, run: SampleRun): Promise<IDataObject> {
	const { json, error } = await runSample(run);
	if (json.length > 0) return json[0];
	throw new Error(
		`scripts/docs/samples.ts: the node gave no output for “${heading}”. ${error?.message ?? ''}`,
	);
}

/** The message about the third of three items, and what to do, as n8n shows them. */
export async function sampleMessage(): Promise<string> {
	const { json } = await runSample({
		service: {
			...REJECTED,
			outcome: (input, ordinal) =>
				input.prompt === PROMPT ? undefined : REJECTED.outcome?.(input, ordinal),
		},
		items: [{ prompt: PROMPT }, { prompt: PROMPT }, { prompt: 'A prompt that Luma rejects' }],
		parameters: { prompt: '={{ $json.prompt }}', options: FAST_POLLING },
		settings: CONTINUE,
	});
	const { error, whatToDo } = stable(json[2]) as IDataObject;
	return `> **${String(error)}**\n>\n> ${String(whatToDo)}`;
}
