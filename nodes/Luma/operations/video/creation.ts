import type { INodeProperties } from 'n8n-workflow';

import { promptOf } from '../../jobs/hints';
import type { JobRequest } from '../../jobs/request';
import { shortened } from '../../messages/items';
import { canBeCalled, webAddress } from '../../piapi/addresses';
import type { CreateTaskBody } from '../../piapi/client';
import { credentialOf } from '../../piapi/credential';
import type { JsonRecord } from '../../piapi/json';
import { isBlank } from '../../prompt/given';
import { optionsField, taskOutputFields, taskOutputFormat } from '../fields';
import { fileOptions, fileSettings } from '../files';
import type { Parameters } from '../parameters';
import { notForModels, payingOptions } from '../runSettings';
import { hiddenFor, waitMode, waitModeFields, waitOptions, waitSettings } from '../waiting';
import { modelHints, modelInput, modelOption } from './model';
import { promptNotes, type ItemPrompt } from './prompt';
import { NOTHING_REMEDY, promptText } from './promptText';
import { MAX_SEED, numberOfVideosOption } from './takes';

/** Belongs to the Wait Mode that does not wait, and is shown right below it. */
const callbackUrlField: INodeProperties = {
	displayName: 'Callback URL',
	name: 'callbackUrl',
	type: 'string',
	default: '',
	placeholder: 'e.g. https://n8n.example.com/webhook/…/luma',
	displayOptions: { show: { waitMode: ['none'] } },
	description:
		"May stay empty. A URL that PiAPI calls when the video is finished: the Production URL of a Luma Dream Machine Webhook Trigger, or a server of your own. The 'Webhook Secret' of the credential is sent along, if it has one.",
};

const additionalInput: INodeProperties = {
	displayName: 'Additional Input (JSON)',
	name: 'additionalInput',
	type: 'json',
	default: '{}',
	description:
		'Further fields for the "input" of PiAPI\'s request, as a JSON object: the way to new features of the service. They override the fields above, and can change the price. A field set to null is left out of the request; "model" and "prompt" are required.',
};

const dryRun: INodeProperties = {
	displayName: 'Dry Run',
	name: 'dryRun',
	type: 'boolean',
	default: true,
	description:
		'Whether to only check the fields, the key and the balance and to show the request. Nothing is made and nothing is paid.',
};

const expandPrompt: INodeProperties = {
	displayName: 'Expand Prompt',
	name: 'expandPrompt',
	type: 'boolean',
	default: true,
	description:
		'Whether Luma may rewrite and lengthen the prompt, so that the video can differ from what you wrote. PiAPI recommends leaving this off.',
};

const loop: INodeProperties = {
	displayName: 'Loop',
	name: 'loop',
	type: 'boolean',
	default: true,
	description:
		'Whether the end of the video should lead back into its beginning, for a video that plays over and over',
};

const seed: INodeProperties = {
	displayName: 'Seed',
	name: 'seed',
	type: 'number',
	typeOptions: { minValue: 0, maxValue: MAX_SEED, numberPrecision: 0 },
	default: 1,
	description: 'A whole number. The same seed with the same prompt tends to give a similar video.',
};

const serviceMode: INodeProperties = {
	displayName: 'Service Mode',
	name: 'serviceMode',
	type: 'options',
	options: [
		{
			name: "Workspace's Setting",
			value: 'default',
			description: 'What your PiAPI workspace is set to',
		},
		{
			name: 'Public (Pay as You Go)',
			value: 'public',
			description: 'Paid per video from your PiAPI balance',
		},
		{
			name: 'Private (Own Luma Account)',
			value: 'private',
			description: 'Runs on the Luma account that you host at PiAPI',
		},
	],
	default: 'default',
	description: 'Whose Luma account makes the video, and so who pays for it',
};

/** Asked last: whether to wait, the form of the output, and what few people need. */
export const closingFields: INodeProperties[] = [
	...waitModeFields,
	callbackUrlField,
	...taskOutputFields,
	optionsField([
		// What it costs, what the video is like, the files, the wait, and what few people need.
		dryRun,
		...notForModels(numberOfVideosOption),
		...notForModels(payingOptions.maxSpendUsd),
		...notForModels(payingOptions.keepBalanceUsd),
		loop,
		seed,
		expandPrompt,
		modelOption,
		onlyWaitingHere(fileOptions.binaryOutput),
		onlyWaitingHere(fileOptions.fileName),
		onlyWaitingHere(fileOptions.binaryProperty),
		onlyWaitingHere(fileOptions.maxDownloadMb),
		hiddenFor(['none'], waitOptions.timeoutMinutes),
		onlyWaitingHere(waitOptions.onTimeout),
		onlyWaitingHere(waitOptions.pollIntervalSeconds),
		waitOptions.maxConcurrency,
		payingOptions.cancelOnStop,
		serviceMode,
		payingOptions.tagOrders,
		additionalInput,
	]),
];

function onlyWaitingHere(option: INodeProperties): INodeProperties {
	return hiddenFor(['callback', 'none'], option);
}

/** What an operation asks Luma for. */
interface Creation {
	taskType?: CreateTaskBody['task_type'];
	prompt: ItemPrompt;
	/** Length of the video. */
	seconds: number;
	/** The operation's own part of PiAPI's `input`. */
	input: JsonRecord;
}

/** The request of an item: the operation's own part, and what all creating operations share. */
export async function creationRequest(
	parameters: Parameters,
	{ taskType = 'video_generation', prompt, seconds, input: ownInput }: Creation,
): Promise<JobRequest> {
	const options = parameters.in('options');
	const input = withAdditionalInput(options, {
		...modelInput(parameters, taskType),
		...ownInput,
		...(options.has(loop) && { loop: options.switch(loop) }),
		...(options.has(expandPrompt) && { expand_prompt: options.switch(expandPrompt) }),
		...(options.has(seed) && { seed: options.number(seed, { isWhole: true }) }),
	});
	const mode = waitMode(parameters);
	const config = await configOf(parameters);
	const hasConfig = Object.keys(config).length > 0;
	const request: JobRequest = {
		itemIndex: parameters.itemIndex,
		source: {
			type: 'create',
			body: { model: 'luma', task_type: taskType, input, ...(hasConfig && { config }) },
		},
		wait: waitSettings(parameters, mode),
		files: mode === 'poll' ? fileSettings(parameters) : undefined,
		output: taskOutputFormat(parameters),
		dryRun: options.has(dryRun) && options.switch(dryRun),
	};
	return {
		...request,
		hints: [...promptNotes(prompt, promptOf(request), seconds), ...modelHints(input.model)],
	};
}

/** PiAPI makes no video without them. */
const REQUIRED = ['model', 'prompt'];

/** What 'Additional Input' says comes last: it overrides everything, and `null` leaves a field out. */
function withAdditionalInput(options: Parameters, input: JsonRecord): JsonRecord {
	const additional = options.object(additionalInput);
	const label = additionalInput.displayName;
	const outer = ['task_type', 'input', 'config'].find((name) => Object.hasOwn(additional, name));
	if (outer !== undefined) {
		throw options.error(
			`'${label}' holds a whole request of PiAPI`,
			`Enter only what stands in its "input": { … }, without "model", "task_type", "config" and "input" around it.`,
		);
	}
	const required = REQUIRED.find((name) => additional[name] === null);
	if (required !== undefined) {
		throw options.error(
			`'${label}' cannot leave out “${required}”`,
			`Take “${required}” out of '${label}': PiAPI needs it for every video.`,
		);
	}
	const all = { ...input, ...additional, ...promptIn(options, additional) };
	return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
}

/** A prompt there is looked at as one in its own field. */
function promptIn(options: Parameters, additional: JsonRecord): JsonRecord {
	if (!Object.hasOwn(additional, 'prompt')) return {};
	const field = { ...additionalInput, displayName: `prompt in ${additionalInput.displayName}` };
	const prompt = promptText(options, field, additional.prompt);
	if (!isBlank(prompt)) return { prompt };
	throw options.error(`'${field.displayName}' is empty`, NOTHING_REMEDY);
}

async function configOf(parameters: Parameters): Promise<JsonRecord> {
	const mode = parameters.in('options').choice(serviceMode);
	const endpoint = await callbackAddress(parameters);
	return {
		...(mode !== 'default' && { service_mode: mode }),
		...(endpoint !== undefined && { webhook_config: { endpoint } }),
	};
}

/** Where PiAPI is to send the webhook of the item's task; undefined when nowhere. */
async function callbackAddress(parameters: Parameters): Promise<string | undefined> {
	const text = parameters.link(callbackUrlField);
	if (text === '') return undefined;
	const { baseUrl } = await credentialOf(parameters.context, parameters.itemIndex);
	const address = webAddress(text);
	if (address && canBeCalled(address, baseUrl)) return address.href;
	throw parameters.error(
		`PiAPI cannot call the '${callbackUrlField.displayName}' “${shortened(text)}”`,
		'Enter a public address that begins with https://, such as the Production URL of a Luma Dream Machine Webhook Trigger.',
	);
}
