import type { INodeProperties } from 'n8n-workflow';

import { taskOutputFields } from '../fields';
import { fileOptions } from '../files';
import { payingOptions } from '../runSettings';
import { spendingOptions } from '../spendingOptions';
import { tagOrdersOption } from '../tagOrders';
import { hiddenFor, waitModeFields } from '../waitMode';
import { waitOptions } from '../waiting';
import { callbackUrlField } from './callbackUrl';
import { MAX_SEED } from './creation';
import { modelOption } from './model';
import { removeFieldsOption } from './removeFields';
import { numberOfVideosOption } from './takes';

/** Asked last: whether to wait, the form of the output, and what few people need. */
export const closingFields: INodeProperties[] = [
	...waitModeFields,
	callbackUrlField,
	...taskOutputFields,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Additional Input (JSON)',
				name: 'additionalInput',
				type: 'json',
				default: '{}',
				description:
					'Further fields for the "input" of PiAPI\'s request, as a JSON object: the way to new features of the service. They override the fields above, and can change the price.',
			},
			onlyWaitingHere(fileOptions.binaryOutput),
			payingOptions.cancelOnStop,
			{
				displayName: 'Dry Run',
				name: 'dryRun',
				type: 'boolean',
				default: true,
				description:
					'Whether to only check the fields, the key and the balance and to show the request. Nothing is made and nothing is paid.',
			},
			{
				displayName: 'Expand Prompt',
				name: 'expandPrompt',
				type: 'boolean',
				default: true,
				description:
					'Whether Luma may rewrite and lengthen the prompt, so that the video can differ from what you wrote. PiAPI recommends leaving this off.',
			},
			onlyWaitingHere(fileOptions.fileName),
			spendingOptions.keepBalanceUsd,
			{
				displayName: 'Loop',
				name: 'loop',
				type: 'boolean',
				default: true,
				description:
					'Whether the end of the video should lead back into its beginning, for a video that plays over and over',
			},
			waitOptions.maxConcurrency,
			onlyWaitingHere(fileOptions.maxDownloadMb),
			spendingOptions.maxSpendUsd,
			modelOption,
			numberOfVideosOption,
			onlyWaitingHere(waitOptions.onTimeout),
			onlyWaitingHere(waitOptions.pollIntervalSeconds),
			onlyWaitingHere(fileOptions.binaryProperty),
			removeFieldsOption,
			{
				displayName: 'Seed',
				name: 'seed',
				type: 'number',
				typeOptions: { minValue: 0, maxValue: MAX_SEED, numberPrecision: 0 },
				default: 1,
				description:
					'A whole number. The same seed with the same prompt tends to give a similar video.',
			},
			{
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
			},
			tagOrdersOption,
			hiddenFor(['none'], waitOptions.timeoutMinutes),
		],
	},
];

function onlyWaitingHere(option: INodeProperties): INodeProperties {
	return hiddenFor(['callback', 'none'], option);
}
