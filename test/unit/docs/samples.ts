import { sleep, type IBinaryKeyData, type IDataObject } from 'n8n-workflow';

import type { SimulatorOptions } from '../../../simulator';
import { runLuma, type LumaRunOptions } from '../../engine/engine';
import { until } from '../../../support/eventually';
import { BRISK, startService } from '../../engine/service';
import { startTrigger } from '../../engine/trigger';

const PROMPT =
	'A red fox is trotting along a mossy log in a misty pine forest at dawn, camera trucks right, low golden sunlight';
const PHOTO = 'https://example.com/cup.jpg';
const CUP = 'Steam is rising from the cup, camera pushes in, soft morning light';

/** A node with its parameters, in front of a service of its own. */
interface Scene {
	service?: SimulatorOptions;
	/** Makes a task beforehand, and what it asks for. */
	earlier?: IDataObject;
	/** Seconds from that task to the run of the node. */
	pauseSeconds?: number;
	parameters: IDataObject;
	settings?: LumaRunOptions['settings'];
}

const EARLIER = { prompt: PROMPT, options: BRISK };
const ORDERED = { prompt: PROMPT, waitMode: 'none' };
const REFUSED: SimulatorOptions = {
	renderSeconds: 0.05,
	outcome: () => ({ message: 'content moderation: the prompt is not allowed' }),
};
const SLOW: SimulatorOptions = { renderSeconds: 60 };
const TASK = { taskId: '={{ $json.taskId }}' };

const scenes: Record<string, Scene> = {
	'Video: Text to Video': { parameters: { prompt: PROMPT, options: BRISK } },
	'Video: Image to Video': {
		parameters: {
			operation: 'imageToVideo',
			startImageUrl: PHOTO,
			prompt: CUP,
			aspectRatio: '9:16',
			options: BRISK,
		},
	},
	'Video: Extend': {
		earlier: EARLIER,
		parameters: {
			operation: 'extend',
			sourceTaskId: '={{ $json.taskId }}',
			prompt: 'The fox is jumping off the log and running into the ferns',
			options: BRISK,
		},
	},
	'Video: Download': { earlier: EARLIER, parameters: { operation: 'download', ...TASK } },
	'Task: Get': {
		service: SLOW,
		earlier: ORDERED,
		parameters: { resource: 'task', operation: 'get', ...TASK },
	},
	'Task: Wait': {
		earlier: ORDERED,
		parameters: { resource: 'task', operation: 'wait', ...TASK, options: BRISK },
	},
	'Task: Cancel': {
		service: { queueSeconds: 60 },
		earlier: ORDERED,
		parameters: { resource: 'task', operation: 'cancel', ...TASK },
	},
	'Task: Get Many': {
		earlier: EARLIER,
		parameters: { resource: 'task', operation: 'getMany' },
	},
	'Account: Get': {
		service: { balanceUsd: 12.5, queueSeconds: 60 },
		earlier: ORDERED,
		parameters: { resource: 'account', operation: 'get' },
	},
	'With Simplify off': { parameters: { prompt: PROMPT, simplify: false, options: BRISK } },
	'Without waiting': { service: { queueSeconds: 60 }, parameters: ORDERED },
	'When time is up': {
		service: SLOW,
		parameters: {
			prompt: PROMPT,
			options: { ...BRISK, onTimeout: 'output', timeoutMinutes: 0.01 },
		},
	},
	'With Continue On Fail': {
		service: REFUSED,
		parameters: { prompt: PROMPT, options: BRISK },
		settings: { onError: 'continueRegularOutput' },
	},
	'A task that failed': {
		service: REFUSED,
		earlier: ORDERED,
		pauseSeconds: 0.2,
		parameters: { resource: 'task', operation: 'get', ...TASK },
	},
	'Too late to cancel': {
		service: SLOW,
		earlier: ORDERED,
		pauseSeconds: 0.1,
		parameters: { resource: 'task', operation: 'cancel', ...TASK },
	},
	'Dry Run': { parameters: { prompt: 'Red fox', options: { dryRun: true } } },
};

interface Output {
	json: IDataObject;
	binary?: IBinaryKeyData;
}

/** The first output item of a scene. */
async function outputOf({ service, earlier, pauseSeconds = 0, ...scene }: Scene): Promise<Output> {
	const { url } = await startService(service);
	const made = earlier && (await runLuma({ url, parameters: earlier }));
	await sleep(pauseSeconds * 1000);
	const { items, error } = await runLuma({ url, items: made?.json, ...scene });
	if (items.length === 0) throw error ?? new Error('The node gave no item');
	return items[0];
}

/** What a workflow is started with when the video is there that another one ordered. */
async function reported(): Promise<Output> {
	const { url } = await startService();
	const trigger = await startTrigger({ url });
	const options = { callbackUrl: trigger.url };
	await runLuma({ url, parameters: { ...ORDERED, options } });
	await until('the trigger has run', () => trigger.runs.length > 0);
	return { json: trigger.runs[0] };
}

/** What produces the sample output under each heading of docs/operations.md. */
export const samples: Record<string, () => Promise<Output>> = {
	...Object.fromEntries(
		Object.entries(scenes).map(([heading, scene]) => [heading, () => outputOf(scene)]),
	),
	'Luma Dream Machine Trigger': reported,
};
