import { describe, expect, it } from '@jest/globals';
import type { ICredentialDataDecryptedObject, IDataObject, INodeExecutionData } from 'n8n-workflow';

import { Luma } from '../../../nodes/Luma/Luma.node';
import { fieldsIn } from '../../../support/engine/fields';
import { runOnce } from '../../../support/engine/runOnce';

/** What a message says, with which parameters, for each of these values of the item. */
type Refusal = [said: string | RegExp, parameters: IDataObject, values?: unknown[]];

const GIVEN = '={{ $json.value }}';
const LINK = 'http://127.0.0.1:9/a.jpg';
const image = { operation: 'imageToVideo', startImageUrl: LINK };
const getTask = { resource: 'task', operation: 'get' };
const files = { waitMode: 'poll', options: { binaryOutput: ['video'] } };
const deep = (open: string, close: string, count: number) =>
	`{"a":${open.repeat(count)}1${close.repeat(count)}}`;

const OPTIONS: Refusal[] = [
	["'Model' cannot be “the best one”", { model: '=the best one' }],
	["'Model' is empty", { model: GIVEN }],
	["'Model' is empty", { model: { __rl: true, mode: 'id', value: '' } }],
	["'Model' cannot be “undefined”", { model: { __rl: true, mode: 'id', value: '=undefined' } }],
	["'File Name' cannot be “../..”", { binaryOutput: ['video'], fileName: '../..' }],
	["'Binary Output' cannot be “sound”", { binaryOutput: ['sound'] }],
	...['__proto__', ' '].map((binaryProperty): Refusal => {
		return [/'Put Output File in Field' (cannot|is)/, { ...files.options, binaryProperty }];
	}),
	[/“0.255”: it has more decimals than cents/, { maxSpendUsd: 0.255 }],
	[/“1.001”: it has more decimals than cents/, { keepBalanceUsd: '=1.001' }],
	["'Seed' cannot be “1.5”", { seed: 1.5 }],
	["'Service Mode' cannot be “free”", { serviceMode: '=free' }],
	["'On Timeout' cannot be “retry”", { onTimeout: '=retry' }],
	["'Dry Run' cannot be “perhaps”", { dryRun: '=perhaps' }],
	[/^'Loop' cannot be/, { loop: GIVEN }, ['maybe', 2, []]],
	[/^'Number of Videos'/, { numberOfVideos: GIVEN }, ['2s', ['1', '2'], true, '1,5', 2.5]],
	[/^'Timeout \(Minutes\)'/, { timeoutMinutes: GIVEN }, ['5 ms', '1h', '90s']],
	// What decides about money is not left out because an expression finds nothing.
	...'dryRun maxSpendUsd keepBalanceUsd numberOfVideos seed'.split(' ').map((name): Refusal => {
		return [/^'.+' cannot be “(undefined|null)”$/, { [name]: GIVEN }, [undefined, null, [null]]];
	}),
];

const json = (value: unknown) => ({ additionalInput: JSON.stringify(value) });
const UNEVALUATED = '{{ $json.id }}';
const LEFT_OUT = "'Additional Input (JSON)' cannot leave out ";
const NO_JSON = "'Additional Input' is not a JSON object";
const TOO_DEEP = "'Additional Input' has more than 50 brackets in each other";
const ADDITIONAL_INPUT: Refusal[] = [
	[`${LEFT_OUT}“model”`, json({ loop: null, model: null })],
	[`${LEFT_OUT}“prompt”`, { additionalInput: '={{ { prompt: null } }}' }],
	[NO_JSON, json([1])],
	[NO_JSON, { additionalInput: '{ seed: ' }],
	[TOO_DEEP, { additionalInput: deep('[', ']', 100_000) }],
	[TOO_DEEP, { additionalInput: deep('{"a":', '}', 9_000) }],
	[/was not evaluated: \{\{ \$json\.id \}\}/, json({ style: UNEVALUATED })],
	...['undefined', '', { text: 'a cat' }].map((prompt): Refusal => {
		return [/'prompt in Additional Input \(JSON\)'/, json({ prompt })];
	}),
	[/whole request/, json({ input: { seed: 1 } })],
	[/whole request/, json({ task_type: 'extend_video' })],
	[/whole request/, json({ config: { service_mode: 'private' } })],
];

const NO_PROMPTS: Array<[said: RegExp, prompts: string[]]> = [
	[/is empty/, ['\u200B\u200B', '...', '```\n```', '<p>&nbsp;</p>']],
	[/undefined/, ['undefined', 'Prompt: undefined']],
	[/null/, ['<null>', '```\nnull\n```', '{ "prompt": null }']],
	[/was not evaluated/, ['$json.prompt', "$('AI Agent').item.json.output", '$json["a prompt"]']],
	[/was not evaluated.*\{\{ \$json\.prompt \}\}/, ['{{ $json.prompt }}']],
	[/object Object/, ['[object Object]']],
	[/TRUE/, ['TRUE']],
	[/#N\/A/, ['#N/A, #N/A']],
	[/#UNKNOWN!/, ['#UNKNOWN!']],
];
const HOLE = /^'Prompt' has an expression.*\{\{ \$json\.value \}\}/;
const HOLE_INSIDE = /^'Prompt' has an expression that finds nothing.*undefined/;
const PROMPTS: Refusal[] = [
	['The prompt is empty', { prompt: GIVEN }, [undefined, '  ']],
	...[{}, image].flatMap((own) =>
		NO_PROMPTS.map(([said, values]): Refusal => [said, { ...own, prompt: GIVEN }, values]),
	),
	[HOLE, { prompt: `=A video of {{ $json.value }}` }, [undefined, 'undefined', { a: 'cat' }, []]],
	[HOLE, { prompt: '=A {{ "red" }} {{ $json.value }}' }],
	[HOLE_INSIDE, { prompt: '={{ "A video of " + $json.value }}' }],
	[HOLE_INSIDE, { prompt: '={{ `A ${$json.value} cat` }}' }],
];

const LINKS: Refusal[] = [
	['There is no image', { ...image, startImageSource: 'none' }],
	["'Start Image' cannot be “cloud”", { ...image, startImageSource: '=cloud' }],
	["'Start Image URL' is empty", { ...image, startImageUrl: GIVEN }],
	[/^'Start Image URL' is not a web address/, { ...image, startImageUrl: 'ftp://a.example/a.jpg' }],
	[
		"'End Image URL' is not a web address: “photo.jpg”",
		{ ...image, endImageSource: 'url', endImageUrl: 'photo.jpg' },
	],
	[
		"'Start Image URL' holds more than one link",
		{ ...image, startImageUrl: `={{ $json.value.join('https://a.example/1.png') }}` },
		[', ', '\n', ' ', ';', ' | ', '<br>', '，', ''].map((between) => ['', between, '']),
	],
	...[
		{ ...image, startImageUrl: `${LINK}?id=${UNEVALUATED}` },
		{ waitMode: 'none', callbackUrl: `http://127.0.0.1:9/${UNEVALUATED}` },
		{ ...files, options: { ...files.options, fileName: UNEVALUATED } },
	].map((own): Refusal => [/was not evaluated: \{\{ \$json\.id \}\}/, own]),
];

const OTHERS: Refusal[] = [
	[/^'Aspect Ratio' cannot be/, { aspectRatio: GIVEN }, ['5:4', '16:9 or 9:16', 'large', {}]],
	[/^'Duration' /, { duration: GIVEN }, [7, '7s', '10 minutes', '5 or 10', ['5', '10'], '5m']],
	["'Wait Mode' cannot be “later”", { waitMode: 'later' }],
	[
		"'Timeout (Minutes)' can be 10080 at the most, not “10000000000”",
		{ waitMode: 'callback', options: { timeoutMinutes: 1e10 } },
	],
	[
		"'Limit' can be 10000 at the most, not “1000000”",
		{ resource: 'task', operation: 'getMany', limit: 1e6 },
	],
	["'Task ID' is empty", { ...getTask, taskId: GIVEN }],
	["'Task ID' cannot be “undefined”", { ...getTask, operation: 'wait', taskId: '=undefined' }],
	[/^'Task ID' cannot be “https:/, { ...getTask, taskId: 'https://api.piapi.ai/api/v1/task/1' }],
];

async function expectRefusal(
	said: string | RegExp,
	parameters: IDataObject,
	value?: unknown,
	binary?: INodeExecutionData['binary'],
): Promise<void> {
	const items = [{ json: { value } as IDataObject, binary }];
	const { error, calls } = await runOnce(parameters, { items });

	if (typeof said === 'string') expect(error?.message).toBe(said);
	else expect(error?.message).toMatch(said);
	expect(error?.description).toMatch(/^(Adjust|Choose|Connect|Describe|Enter|Put|Set|Take)/);
	expect(error?.context.itemIndex).toBe(0);
	expect(calls).toEqual([]);
}

const inOptions = ([said, options, values]: Refusal): Refusal => [said, { options }, values];

it.each(
	[...[...OPTIONS, ...ADDITIONAL_INPUT].map(inOptions), ...PROMPTS, ...LINKS, ...OTHERS].flatMap(
		([said, parameters, values = [undefined]]) =>
			values.map((value) => [said, JSON.stringify(value), { parameters, value }] as const),
	),
)(
	'%s: a message with the item and the remedy, before any request (%j, %#)',
	async (said, _, { parameters, value }) => await expectRefusal(said, parameters, value),
);

it.each(['data', 'constructor', '__proto__', 'toString'])(
	'says that an item has no file in “%s”',
	async (name) => {
		const binary = { data: null } as unknown as INodeExecutionData['binary'];
		const own = { ...image, startImageSource: 'binary', startImageBinaryProperty: name };
		const said = `'Start Image' finds no file in the binary field “${name}”`;
		await expectRefusal(said, own, undefined, binary);
	},
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
			await expectRefusal(`'${displayName}' ${said}`, { options });
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
	const UNPROTECTED = 'would send your PiAPI key unprotected';
	const OBJECT = 'in the PiAPI credential is an object';
	const SECRETS = ['simulated\u200B', 'hidden'];

	it.each<[said: string, credential: IDataObject]>([
		[`http://api.piapi.ai ${UNPROTECTED}`, { baseUrl: 'http://api.piapi.ai' }],
		[UNPROTECTED, { baseUrl: 'http://127.0.0.1.example.com' }],
		...['api.piapi.ai', '', 'ftp://api.piapi.ai'].map((baseUrl): [string, IDataObject] => {
			return [`“${baseUrl}” is not a web address`, { baseUrl }];
		}),
		['holds a user name or password', { baseUrl: 'https://user:pass@api.piapi.ai' }],
		['The PiAPI credential has no API key', { apiKey: ' ' }],
		["'API Key' in the PiAPI credential holds a character", { apiKey: 'simulated\u200B-key' }],
		...['baseUrl', 'webhookSecret', 'apiKey', 'uploadBaseUrl'].map(
			(name): [string, IDataObject] => [OBJECT, { [name]: { inside: 'hidden' } }],
		),
		...[-1, 'five', 0.255, null, '', Infinity, 1e9].map((dailyLimitUsd): [string, IDataObject] => {
			return ["'Daily Spending Limit (USD)' in the PiAPI credential cannot be", { dailyLimitUsd }];
		}),
	])('is refused before anything is sent, in a dry run, too: %s %j', async (said, own) => {
		for (const dryRun of [false, true]) {
			const credential = own as ICredentialDataDecryptedObject;
			const { error, calls, stored } = await runOnce({ options: { dryRun } }, { credential });

			expect(error?.message).toContain(said);
			for (const secret of SECRETS) expect(stored).not.toContain(secret);
			expect(calls).toEqual([]);
		}
	});

	it('is asked for an amount of money as its daily limit', async () => {
		const { error } = await runOnce({}, { credential: { dailyLimitUsd: 'five' } });
		expect(error?.description).toContain('amount in US dollars');
	});

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
	async (operation) => {
		for (const resource of ['video', operation]) {
			const { error, calls } = await runOnce({ resource, operation });

			expect(error?.message).toMatch(/has no '(Resource|Operation)' named “.+”/);
			expect(error?.description).toMatch(/^Open the node and choose/);
			expect(calls).toEqual([]);
		}
	},
);
