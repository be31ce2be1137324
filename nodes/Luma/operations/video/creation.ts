import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type { JobRequest } from '../../jobs/request';
import type { CreateTaskBody } from '../../piapi/client';
import type { JsonRecord } from '../../piapi/json';
import {
	cannotBe,
	choice,
	validationError,
	numberOption,
	objectOption,
	switchOption,
} from '../validation';
import { taskOutputFormat } from '../fields';
import { fileSettings } from '../files';
import { waitModeParameter } from '../waitMode';
import { waitSettings } from '../waiting';
import { callbackAddress } from './callbackUrl';
import { modelInput } from './model';
import { withoutRemovedFields } from './removeFields';

const DURATIONS = [5, 10] as const;
const SERVICE_MODES = ['default', 'public', 'private'] as const;

/**
 * The part of `input` that all creating operations share. `additionalInput` overrides everything, and
 * `removeFields` leaves out fields of what remains.
 */
export async function creationRequest(
	context: IExecuteFunctions,
	itemIndex: number,
	ownInput: JsonRecord,
	taskType: CreateTaskBody['task_type'] = 'video_generation',
): Promise<JobRequest> {
	const options = context.getNodeParameter('options', itemIndex, {}) as IDataObject;
	const isOn = (label: string, value: unknown) => switchOption(context, itemIndex, label, value);
	const input = {
		...modelInput(context, itemIndex, { taskType, options }),
		...ownInput,
		...(options.loop !== undefined && { loop: isOn('Loop', options.loop) }),
		...(options.expandPrompt !== undefined && {
			expand_prompt: isOn('Expand Prompt', options.expandPrompt),
		}),
		...(options.seed !== undefined && { seed: seed(context, itemIndex, options.seed) }),
		...objectOption(context, itemIndex, 'Additional Input', options.additionalInput ?? {}),
	};
	const waitMode = waitModeParameter(context, itemIndex);
	const config = await configOf(context, itemIndex, options);

	return {
		itemIndex,
		source: {
			type: 'create',
			body: {
				model: 'luma',
				task_type: taskType,
				input: withoutRemovedFields(context, itemIndex, input, options.removeFields),
				...(Object.keys(config).length > 0 && { config }),
			},
		},
		wait: waitSettings(context, itemIndex, options, waitMode),
		files: waitMode === 'poll' ? fileSettings(context, itemIndex, options) : undefined,
		output: taskOutputFormat(context, itemIndex),
		dryRun: options.dryRun !== undefined && isOn('Dry Run', options.dryRun),
	};
}

/** @throws NodeOperationError unless it is 5 or 10 */
export function durationParameter(context: IExecuteFunctions, itemIndex: number): number {
	return choice(context, itemIndex, {
		label: 'Duration',
		value: context.getNodeParameter('duration', itemIndex, 5),
		values: DURATIONS,
	});
}

/** The largest that fits into 32 bits, as seeds of picture and video models do. */
export const MAX_SEED = 2 ** 32 - 1;

function seed(context: IExecuteFunctions, itemIndex: number, value: unknown): number {
	const remedy = `Enter a whole number from 0 to ${MAX_SEED}, or remove the option.`;
	const range = { min: 0, max: MAX_SEED };
	const number = numberOption(context, itemIndex, { label: 'Seed', value, ...range, remedy });
	if (!Number.isInteger(number)) {
		throw validationError(context, itemIndex, cannotBe('Seed', number), remedy);
	}
	return number;
}

async function configOf(
	context: IExecuteFunctions,
	itemIndex: number,
	options: IDataObject,
): Promise<JsonRecord> {
	const serviceMode = choice(context, itemIndex, {
		label: 'Service Mode',
		value: options.serviceMode ?? 'default',
		values: SERVICE_MODES,
	});
	const endpoint = await callbackAddress(context, itemIndex);
	return {
		...(serviceMode !== 'default' && { service_mode: serviceMode }),
		...(endpoint !== undefined && { webhook_config: { endpoint } }),
	};
}
