import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { Luma } from '../../../nodes/Luma/Luma.node';
import { fieldsIn } from '../../../support/engine/fields';
import { runOnce } from '../../../support/engine/runOnce';

const image = { operation: 'imageToVideo', startImageUrl: 'http://127.0.0.1:9/a.jpg' };
const deep = (open: string, close: string, count: number) =>
	`{"a":${open.repeat(count)}1${close.repeat(count)}}`;

const OPTIONS: Array<[IDataObject, string]> = [
	[{ model: '=the best one' }, "'Model' cannot be “the best one”"],
	[{ model: '={{ $json.nothing }}' }, "'Model' is empty"],
	[{ model: { __rl: true, mode: 'id', value: '' } }, "'Model' is empty"],
	[{ model: { __rl: true, mode: 'id', value: '=undefined' } }, "'Model' cannot be “undefined”"],
	[
		{ additionalInput: '{ "loop": null, "model": null }' },
		"'Additional Input (JSON)' cannot leave out “model”",
	],
	[
		{ additionalInput: '={{ { prompt: null } }}' },
		"'Additional Input (JSON)' cannot leave out “prompt”",
	],
	[{ additionalInput: '[1]' }, "'Additional Input' is not a JSON object"],
	[{ additionalInput: '{ seed: ' }, "'Additional Input' is not a JSON object"],
	[
		{ additionalInput: deep('[', ']', 100_000) },
		"'Additional Input' has more than 50 brackets in each other",
	],
	[
		{ additionalInput: deep('{"a":', '}', 9_000) },
		"'Additional Input' has more than 50 brackets in each other",
	],
	[
		{ binaryOutput: ['video'], binaryProperty: '__proto__' },
		"'Put Output File in Field' cannot be “__proto__”",
	],
	[{ binaryOutput: ['video'], binaryProperty: ' ' }, "'Put Output File in Field' is empty"],
	[{ binaryOutput: ['video'], fileName: '../..' }, "'File Name' cannot be “../..”"],
	[{ binaryOutput: ['sound'] }, "'Binary Output' cannot be “sound”"],
	[{ maxSpendUsd: 0.255 }, "'Max Spend (USD)' cannot be “0.255”: it has more decimals than cents"],
	[
		{ keepBalanceUsd: '=1.001' },
		"'Keep Balance Above (USD)' cannot be “1.001”: it has more decimals than cents",
	],
	[{ numberOfVideos: 2.5 }, "'Number of Videos' cannot be “2.5”"],
	[{ seed: 1.5 }, "'Seed' cannot be “1.5”"],
	[{ serviceMode: '=free' }, "'Service Mode' cannot be “free”"],
	[{ onTimeout: '=retry' }, "'On Timeout' cannot be “retry”"],
	[{ dryRun: '=perhaps' }, "'Dry Run' cannot be “perhaps”"],
];

const getTask = { resource: 'task', operation: 'get' };
const PARAMETERS: Array<[IDataObject, string]> = [
	...OPTIONS.map(([options, message]): [IDataObject, string] => [{ options }, message]),
	[{ prompt: '  ' }, 'The prompt is empty'],
	[{ prompt: '={{ $json.nothing }}' }, 'The prompt is empty'],
	[{ aspectRatio: '=5:4' }, "'Aspect Ratio' cannot be “5:4”"],
	[{ duration: 7 }, "'Duration' cannot be “7”"],
	[{ waitMode: 'later' }, "'Wait Mode' cannot be “later”"],
	[{ ...image, startImageSource: 'none' }, 'There is no image'],
	[{ ...image, startImageUrl: '={{ $json.nothing }}' }, "'Start Image URL' is empty"],
	[
		{ ...image, startImageUrl: 'ftp://example.com/a.jpg' },
		"'Start Image URL' is not a web address: “ftp://example.com/a.jpg”",
	],
	[
		{ ...image, endImageSource: 'url', endImageUrl: 'photo.jpg' },
		"'End Image URL' is not a web address: “photo.jpg”",
	],
	[{ ...image, startImageSource: '=cloud' }, "'Start Image' cannot be “cloud”"],
	[
		{ waitMode: 'callback', options: { timeoutMinutes: 1e10 } },
		"'Timeout (Minutes)' can be 10080 at the most, not “10000000000”",
	],
	[
		{ resource: 'task', operation: 'getMany', limit: 1e6 },
		"'Limit' can be 10000 at the most, not “1000000”",
	],
	[{ ...getTask, taskId: '={{ $json.nothing }}' }, "'Task ID' is empty"],
	[{ ...getTask, operation: 'wait', taskId: '=undefined' }, "'Task ID' cannot be “undefined”"],
	[
		{ ...getTask, taskId: 'https://api.piapi.ai/api/v1/task/1' },
		"'Task ID' cannot be “https://api.piapi.ai/api/v1/task/1”",
	],
];

async function expectRefusal(parameters: IDataObject, message: string): Promise<void> {
	const { error, calls } = await runOnce(parameters);

	expect(error?.message).toBe(message);
	expect(error?.description).toMatch(/^(Choose|Describe|Enter|Set|Adjust|Take)/);
	expect(error?.context.itemIndex).toBe(0);
	expect(calls).toEqual([]);
}

it.each(PARAMETERS.map(([parameters, message]) => [message, parameters] as const))(
	'%s: a message with the item and the remedy, before any request (%#)',
	async (message, parameters) => await expectRefusal(parameters, message),
);

const { properties } = new Luma().description;
const ofTextToVideo = properties.filter(({ displayOptions }) =>
	displayOptions?.show?.operation?.includes('textToVideo'),
);

it.each(fieldsIn(ofTextToVideo).filter(({ type }) => type === 'number'))(
	'$displayName takes neither words nor numbers beyond its bounds',
	async ({ name, displayName, typeOptions }) => {
		const { minValue = 0, maxValue = NaN } = typeOptions ?? {};
		const refused = async (value: unknown, said: string) => {
			const options = { binaryOutput: ['video'], [name]: value } as IDataObject;
			await expectRefusal({ options }, `'${displayName}' ${said}`);
		};
		await refused(maxValue + 1, `can be ${maxValue} at the most, not “${maxValue + 1}”`);
		await refused(minValue - 1, `cannot be “${minValue - 1}”`);
		await refused('=often', 'cannot be “often”');
		await refused('=1e999', 'cannot be “1e999”');
	},
);

it('names the largest number of every field in the field itself', () => {
	const numbers = fieldsIn(properties).filter(({ type }) => type === 'number');

	expect(numbers.length).toBeGreaterThan(8);
	expect(numbers.filter(({ typeOptions }) => typeof typeOptions?.maxValue !== 'number')).toEqual(
		[],
	);
});

it('creates nothing when one of 20 items is wrong', async () => {
	const items = Array.from({ length: 20 }, (_, index) => ({ prompt: index === 17 ? '' : 'Fox' }));
	const { error, calls } = await runOnce({ prompt: '={{ $json.prompt }}' }, { items });

	expect(error?.message).toBe('The prompt is empty [item 17]');
	expect(calls).toEqual([]);
});

describe('the credential', () => {
	it.each([
		[
			{ baseUrl: 'http://api.piapi.ai' },
			'http://api.piapi.ai would send your PiAPI key unprotected',
		],
		[{ baseUrl: 'http://127.0.0.1.example.com' }, 'would send your PiAPI key unprotected'],
		[{ baseUrl: 'api.piapi.ai' }, '“api.piapi.ai” is not a web address'],
		[{ baseUrl: '' }, '“” is not a web address'],
		[{ baseUrl: 'ftp://api.piapi.ai' }, '“ftp://api.piapi.ai” is not a web address'],
		[{ baseUrl: 'https://user:pass@api.piapi.ai' }, 'holds a user name or password'],
		[{ apiKey: ' ' }, 'The PiAPI credential has no API key'],
		[{ apiKey: 'simulated\u200B-key' }, "'API Key' in the PiAPI credential holds a character"],
	])('is refused before anything is sent, and the key is not shown: %j', async (own, message) => {
		const { error, calls, stored } = await runOnce({}, { credential: own });

		expect(error?.message).toContain(message);
		expect(stored).not.toContain('simulated\u200B');
		expect(calls).toEqual([]);
	});

	it.each(['baseUrl', 'webhookSecret', 'apiKey', 'uploadBaseUrl'])(
		'is refused where it has an object in place of a text: %s',
		async (name) => {
			const credential = { [name]: { hidden: 'a secret' } as unknown as string };
			const { error, calls, stored } = await runOnce({}, { credential });

			expect(error?.message).toMatch(/in the PiAPI credential is an object/);
			expect(stored).not.toContain('a secret');
			expect(calls).toEqual([]);
		},
	);

	it.each([-1, 'five', 0.255, null, '', Infinity, 1e9])(
		'is asked for an amount when its daily limit is %j, in a dry run, too',
		async (dailyLimitUsd) => {
			const credential = { dailyLimitUsd: dailyLimitUsd as number };
			for (const dryRun of [false, true]) {
				const { error, calls } = await runOnce({ options: { dryRun } }, { credential });

				expect(error?.message).toContain(
					"'Daily Spending Limit (USD)' in the PiAPI credential cannot be",
				);
				expect(error?.description).toContain('amount in US dollars');
				expect(calls).toEqual([]);
			}
		},
	);

	it.each([undefined, 0, '0', 0.1 + 0.2, '5.50'])('takes a daily limit of %j', async (limit) => {
		const { tasks } = await runOnce({}, { credential: { dailyLimitUsd: limit } });
		expect(tasks).toHaveLength(1);
	});
});

it('waits for a video whatever the daily limit of the credential is', async () => {
	const wait = { resource: 'task', operation: 'wait', taskId: '={{ $json.taskId }}' };
	const made = await runOnce({ waitMode: 'none' });
	const { json } = await made.execute(wait, {
		items: made.json,
		credential: { dailyLimitUsd: 'five' },
	});

	expect(json[0]).toMatchObject({ status: 'completed' });
});

it.each(['toString', 'constructor', '__proto__', 'nothing'])(
	'is told which operation to choose in place of “%s”',
	async (name) => {
		for (const parameters of [
			{ resource: 'video', operation: name },
			{ resource: name, operation: 'get' },
			{ resource: name, operation: name },
		]) {
			const { error, calls } = await runOnce(parameters);

			expect(error?.message).toMatch(/has no '(Resource|Operation)' named “.+”/);
			expect(error?.description).toMatch(/^Open the node and choose/);
			expect(calls).toEqual([]);
		}
	},
);
