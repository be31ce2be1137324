import { describe, expect, it } from '@jest/globals';
import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { Luma } from '../../../nodes/Luma/Luma.node';
import { runLuma } from '../../../support/engine/engine';
import { PROMPT, startService } from '../../../support/engine/service';

const image = { operation: 'imageToVideo', startImageUrl: 'http://127.0.0.1:9/a.jpg' };

const INVALID_VALUES: Array<[string, IDataObject, string]> = [
	['an empty prompt', { prompt: '  ' }, 'The prompt is empty'],
	[
		'a prompt from an expression that found nothing',
		{ prompt: '={{ $json.nothing }}' },
		'The prompt is empty',
	],
	[
		'an unknown aspect ratio',
		{ prompt: PROMPT, aspectRatio: '=5:4' },
		"'Aspect Ratio' cannot be “5:4”",
	],
	[
		'a model that is a sentence',
		{ prompt: PROMPT, options: { model: '=the best one' } },
		"'Model' cannot be “the best one”",
	],
	[
		'a model from an expression that found nothing',
		{ prompt: PROMPT, options: { model: '={{ $json.nothing }}' } },
		"'Model' is empty",
	],
	[
		'a model by an empty ID',
		{ prompt: PROMPT, options: { model: { __rl: true, mode: 'id', value: '' } } },
		"'Model' is empty",
	],
	[
		'a model by an ID that is undefined',
		{ prompt: PROMPT, options: { model: { __rl: true, mode: 'id', value: '=undefined' } } },
		"'Model' cannot be “undefined”",
	],
	[
		'a model that is left out',
		{ prompt: PROMPT, options: { additionalInput: '{ "loop": null, "model": null }' } },
		"'Additional Input (JSON)' cannot leave out “model”",
	],
	[
		'a prompt that is left out',
		{ prompt: PROMPT, options: { additionalInput: '={{ { prompt: null } }}' } },
		"'Additional Input (JSON)' cannot leave out “prompt”",
	],
	['7 seconds', { prompt: PROMPT, duration: 7 }, "'Duration' cannot be “7”"],
	['no image', { ...image, startImageSource: 'none' }, 'There is no image'],
	[
		'an empty image address',
		{ ...image, startImageUrl: '={{ $json.nothing }}' },
		"'Start Image URL' is empty",
	],
	[
		'an image address that is not http(s)',
		{ ...image, startImageUrl: 'ftp://example.com/a.jpg' },
		"'Start Image URL' is not a web address: “ftp://example.com/a.jpg”",
	],
	[
		'an end image address that is a file name',
		{ ...image, endImageSource: 'url', endImageUrl: 'photo.jpg' },
		"'End Image URL' is not a web address: “photo.jpg”",
	],
	[
		'an unknown image source',
		{ ...image, startImageSource: '=cloud' },
		"'Start Image' cannot be “cloud”",
	],
	[
		'additional input that is a list',
		{ prompt: PROMPT, options: { additionalInput: '[1]' } },
		"'Additional Input' is not a JSON object",
	],
	[
		'additional input that is no JSON',
		{ prompt: PROMPT, options: { additionalInput: '{ seed: ' } },
		"'Additional Input' is not a JSON object",
	],
	[
		'additional input of a hundred thousand brackets',
		{
			prompt: PROMPT,
			options: { additionalInput: `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}` },
		},
		"'Additional Input' has more than 50 brackets in each other",
	],
	[
		'additional input of objects without end',
		{
			prompt: PROMPT,
			options: { additionalInput: `${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}` },
		},
		"'Additional Input' has more than 50 brackets in each other",
	],
	[
		'a binary field that JavaScript cannot hold',
		{ prompt: PROMPT, options: { binaryOutput: ['video'], binaryProperty: '__proto__' } },
		"'Put Output File in Field' cannot be “__proto__”",
	],
	[
		'a timeout of thousands of years',
		{ prompt: PROMPT, options: { timeoutMinutes: 1e10 } },
		"'Timeout (Minutes)' can be 10080 at the most, not “10000000000”",
	],
	[
		'a sleep of thousands of years',
		{ prompt: PROMPT, waitMode: 'callback', options: { timeoutMinutes: 1e10 } },
		"'Timeout (Minutes)' can be 10080 at the most, not “10000000000”",
	],
	[
		'a timeout that is more than any number',
		{ prompt: PROMPT, options: { timeoutMinutes: '=1e999' } },
		"'Timeout (Minutes)' cannot be “1e999”",
	],
	[
		'a poll interval of a month',
		{ prompt: PROMPT, options: { pollIntervalSeconds: 3e6 } },
		"'Poll Interval (Seconds)' can be 3600 at the most, not “3000000”",
	],
	[
		'a thousand requests at a time',
		{ prompt: PROMPT, options: { maxConcurrency: 1000 } },
		"'Max Concurrency' can be 100 at the most, not “1000”",
	],
	[
		'a limit of a billion dollars',
		{ prompt: PROMPT, options: { maxSpendUsd: 1e9 } },
		"'Max Spend (USD)' can be 100000 at the most, not “1000000000”",
	],
	[
		'a limit below nothing',
		{ prompt: PROMPT, options: { maxSpendUsd: -1 } },
		"'Max Spend (USD)' cannot be “-1”",
	],
	[
		'a limit in parts of a cent',
		{ prompt: PROMPT, options: { maxSpendUsd: 0.255 } },
		"'Max Spend (USD)' cannot be “0.255”: it has more decimals than cents",
	],
	[
		'a balance to keep that is below nothing',
		{ prompt: PROMPT, options: { keepBalanceUsd: -0.01 } },
		"'Keep Balance Above (USD)' cannot be “-0.01”",
	],
	[
		'a balance to keep that is a word',
		{ prompt: PROMPT, options: { keepBalanceUsd: '=five' } },
		"'Keep Balance Above (USD)' cannot be “five”",
	],
	[
		'a balance to keep in parts of a cent',
		{ prompt: PROMPT, options: { keepBalanceUsd: '=1.001' } },
		"'Keep Balance Above (USD)' cannot be “1.001”: it has more decimals than cents",
	],
	[
		'a download of a thousand gigabytes',
		{ prompt: PROMPT, options: { binaryOutput: ['video'], maxDownloadMb: 1e6 } },
		"'Max Download (MB)' can be 10240 at the most, not “1000000”",
	],
	[
		'a seed that is too large',
		{ prompt: PROMPT, options: { seed: 2 ** 32 } },
		"'Seed' can be 4294967295 at the most, not “4294967296”",
	],
	[
		'a list of a million tasks',
		{ resource: 'task', operation: 'getMany', limit: 1e6 },
		"'Limit' can be 10000 at the most, not “1000000”",
	],
	[
		'no video at all',
		{ prompt: PROMPT, options: { numberOfVideos: 0 } },
		"'Number of Videos' cannot be “0”",
	],
	[
		'eleven videos',
		{ prompt: PROMPT, options: { numberOfVideos: 11 } },
		"'Number of Videos' can be 10 at the most, not “11”",
	],
	[
		'a number of videos that is a word',
		{ prompt: PROMPT, options: { numberOfVideos: 'three' } },
		"'Number of Videos' cannot be “three”",
	],
	[
		'two and a half videos',
		{ prompt: PROMPT, options: { numberOfVideos: 2.5 } },
		"'Number of Videos' cannot be “2.5”",
	],
	[
		'a number of videos from an expression that found nothing',
		{ prompt: PROMPT, options: { numberOfVideos: '={{ null }}' } },
		"'Number of Videos' cannot be “null”",
	],
	['half a seed', { prompt: PROMPT, options: { seed: 1.5 } }, "'Seed' cannot be “1.5”"],
	[
		'an unknown service mode',
		{ prompt: PROMPT, options: { serviceMode: '=free' } },
		"'Service Mode' cannot be “free”",
	],
	[
		'no time at all',
		{ prompt: PROMPT, options: { timeoutMinutes: 0 } },
		"'Timeout (Minutes)' cannot be “0”",
	],
	[
		'a poll interval that is a word',
		{ prompt: PROMPT, options: { pollIntervalSeconds: '=often' } },
		"'Poll Interval (Seconds)' cannot be “often”",
	],
	[
		'an unknown time-out choice',
		{ prompt: PROMPT, options: { onTimeout: '=retry' } },
		"'On Timeout' cannot be “retry”",
	],
	[
		'a switch that is a word',
		{ prompt: PROMPT, options: { dryRun: '=perhaps' } },
		"'Dry Run' cannot be “perhaps”",
	],
	[
		'a switch from an expression that found nothing',
		{ prompt: PROMPT, options: { dryRun: '={{ null }}' } },
		"'Dry Run' cannot be “null”",
	],
	[
		'a limit from an expression that found nothing',
		{ prompt: PROMPT, options: { maxSpendUsd: '={{ null }}' } },
		"'Max Spend (USD)' cannot be “null”",
	],
	['a list as a seed', { prompt: PROMPT, options: { seed: '={{ [] }}' } }, "'Seed' cannot be “”"],
	[
		'no requests at a time',
		{ prompt: PROMPT, options: { maxConcurrency: '=x' } },
		"'Max Concurrency' cannot be “x”",
	],
	['an unknown wait mode', { prompt: PROMPT, waitMode: 'later' }, "'Wait Mode' cannot be “later”"],
	[
		'an empty task ID',
		{ resource: 'task', operation: 'get', taskId: '={{ $json.nothing }}' },
		"'Task ID' is empty",
	],
	[
		'a task ID from an expression that found nothing',
		{ resource: 'task', operation: 'wait', taskId: '=undefined' },
		"'Task ID' cannot be “undefined”",
	],
	[
		'a task ID that is an address',
		{ resource: 'task', operation: 'get', taskId: 'https://api.piapi.ai/api/v1/task/1' },
		"'Task ID' cannot be “https://api.piapi.ai/api/v1/task/1”",
	],
];

describe.each(INVALID_VALUES)('%s', (_, parameters, message) => {
	it('gets a message with the item and the remedy, before any request', async () => {
		const { simulator, url } = await startService();
		const { error } = await runLuma({ url, parameters });

		expect(error?.message).toBe(`${message}`);
		expect(error?.description).toMatch(/^(Choose|Describe|Enter|Set|Adjust|Take)/);
		expect(error?.context.itemIndex).toBe(0);
		expect(simulator.calls).toEqual([]);
	});
});

it('creates nothing when one of 20 items is wrong', async () => {
	const { simulator, url } = await startService();
	const items = Array.from({ length: 20 }, (_, index) => ({ prompt: index === 17 ? '' : PROMPT }));
	const { error } = await runLuma({ url, items, parameters: { prompt: '={{ $json.prompt }}' } });

	expect(error?.message).toBe('The prompt is empty [item 17]');
	expect(simulator.calls).toEqual([]);
});

const ADDRESSES: Array<[string, string]> = [
	['http://api.piapi.ai', 'http://api.piapi.ai would send your PiAPI key unprotected'],
	['http://127.0.0.1.example.com', 'would send your PiAPI key unprotected'],
	['api.piapi.ai', '“api.piapi.ai” is not a web address'],
	['', '“” is not a web address'],
	['ftp://api.piapi.ai', '“ftp://api.piapi.ai” is not a web address'],
	['https://user:pass@api.piapi.ai', 'holds a user name or password'],
];

describe.each(ADDRESSES)('the base URL “%s”', (baseUrl, message) => {
	it('is refused before the key goes anywhere', async () => {
		const { error } = await runLuma({
			url: 'http://127.0.0.1:1',
			credential: { baseUrl },
			parameters: { prompt: PROMPT },
		});

		expect(error?.message).toContain(message);
	});
});

it.each([[-1], ['five'], [0.255], [null], [''], [Infinity], [1e9]])(
	'asks for an amount when the daily limit of the credential is %j, before any request',
	async (dailyLimitUsd) => {
		const { simulator, url } = await startService();
		const credential = { dailyLimitUsd: dailyLimitUsd as number };
		const { error } = await runLuma({ url, parameters: { prompt: PROMPT }, credential });
		const dry = { prompt: PROMPT, options: { dryRun: true } };
		const tried = await runLuma({ url, parameters: dry, credential });

		for (const { message, description } of [error!, tried.error!]) {
			expect(message).toContain("'Daily Spending Limit (USD)' in the PiAPI credential cannot be");
			expect(description).toContain('amount in US dollars');
		}
		expect(simulator.calls).toEqual([]);
	},
);

it.each([[undefined], [0], ['0'], [0.1 + 0.2], ['5.50']])(
	'takes a daily limit of %j',
	async (dailyLimitUsd) => {
		const { simulator, url } = await startService();
		const parameters = { prompt: PROMPT, waitMode: 'none' };
		await runLuma({ url, parameters, credential: { dailyLimitUsd } });

		expect(simulator.tasks.size).toBe(1);
	},
);

it('waits for a video whatever the daily limit of the credential is', async () => {
	const { url } = await startService();
	const made = await runLuma({ url, parameters: { prompt: PROMPT, waitMode: 'none' } });
	const { json } = await runLuma({
		url,
		items: made.json,
		parameters: { resource: 'task', operation: 'wait', taskId: '={{ $json.taskId }}' },
		credential: { dailyLimitUsd: 'five' },
	});

	expect(json[0]).toMatchObject({ status: 'completed' });
});

it('asks for a key when the credential has none', async () => {
	const { simulator, url } = await startService();
	const { error } = await runLuma({
		url,
		credential: { apiKey: ' ' },
		parameters: { prompt: PROMPT },
	});

	expect(error?.message).toContain('The PiAPI credential has no API key');
	expect(simulator.calls).toEqual([]);
});

it('refuses a key with an invisible character, before anything is sent, and does not show it', async () => {
	const { simulator, url } = await startService();
	const run = await runLuma({
		url,
		credential: { apiKey: 'simulated\u200B-key' },
		parameters: { prompt: PROMPT },
	});

	expect(run.error?.message).toContain("'API Key' in the PiAPI credential holds a character");
	expect(run.stored).not.toContain('simulated\u200B');
	expect(simulator.calls).toEqual([]);
});

describe.each(['toString', 'constructor', '__proto__', 'hasOwnProperty', 'nothing'])(
	'the name “%s”',
	(name) => {
		it.each([
			{ resource: 'video', operation: name },
			{ resource: name, operation: 'get' },
			{ resource: name, operation: name },
		])('is no operation (%j)', async (parameters) => {
			const { simulator, url } = await startService();
			const { error } = await runLuma({ url, parameters });

			expect(error?.message).toMatch(/has no '(Resource|Operation)' named “.+”/);
			expect(error?.description).toMatch(/^Open the node and choose/);
			expect(simulator.calls).toEqual([]);
		});
	},
);

it('names the largest number of a field in the field itself', () => {
	const numbers = withOptions(new Luma().description.properties).filter(
		({ type }) => type === 'number',
	);

	expect(numbers.length).toBeGreaterThan(8);
	for (const { name, typeOptions } of numbers) {
		expect([name, typeOptions?.maxValue]).toEqual([name, expect.any(Number)]);
	}
});

/** The fields with those inside of collections. */
function withOptions(properties: INodeProperties[]): INodeProperties[] {
	return properties.flatMap((property) => [
		property,
		...(property.type === 'collection' ? (property.options as INodeProperties[]) : []),
	]);
}

it.each(['__proto__', 'constructor', 'toString'])(
	'takes “%s”, which every object has, for no file',
	async (startImageBinaryProperty) => {
		const { simulator, url } = await startService();
		const binary = { startImageSource: 'binary', startImageBinaryProperty };
		const { error } = await runLuma({ url, parameters: { ...image, prompt: PROMPT, ...binary } });

		expect(error?.message).toContain(
			`'Start Image' finds no file in the binary field “${startImageBinaryProperty}”`,
		);
		expect(simulator.calls).toEqual([]);
	},
);
