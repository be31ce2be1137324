import { describe, expect, it } from '@jest/globals';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { CONTINUE, runOnce } from '../../../support/engine/runOnce';

const PHOTO = 'http://127.0.0.1:9/photo.jpg';
const photo = { operation: 'imageToVideo', startImageUrl: PHOTO };

/** Runs the node with one item, without waiting for its video. */
async function runWith(parameters: IDataObject, item: IDataObject | INodeExecutionData = {}) {
	const run = await runOnce({ waitMode: 'none', ...parameters }, { items: [item] });
	return { ...run, input: run.inputs[0] };
}

describe('a value of another kind than a text', () => {
	it('is used where it is a list with one text', async () => {
		const item = { prompt: ['a cat on a roof'], hook: ['http://127.0.0.1:9/hook'] };
		const parameters = { prompt: '={{ $json.prompt }}', callbackUrl: '={{ $json.hook }}' };
		const { tasks } = await runWith(parameters, item);

		expect(tasks[0].input.prompt).toBe('a cat on a roof');
		expect(tasks[0].config.webhook_config?.endpoint).toBe('http://127.0.0.1:9/hook');
	});

	it('is a hint where a prompt is not needed and its expression finds nothing', async () => {
		const { tasks, hints } = await runWith({ ...photo, prompt: '={{ $json.motion }}' });

		expect(tasks).toHaveLength(1);
		expect(hints.join()).toMatch(/expression in 'Prompt' finds nothing/);
	});
});

describe('a prompt that says nothing', () => {
	it.each([
		['undefined', /undefined/],
		['[object Object]', /object Object/],
		['TRUE', /TRUE/],
		['#N/A, #N/A', /#N\/A/],
		['\u200B\u200B\u200B', /is empty/],
		['...', /is empty/],
		['{{ $json.prompt }}', /was not evaluated.*\{\{ \$json\.prompt \}\}/],
		['$json.prompt', /was not evaluated/],
		['```\n```', /is empty/],
		['<p>&nbsp;</p>', /is empty/],
		['<null>', /null/],
		['#UNKNOWN!', /#UNKNOWN!/],
		['Prompt: undefined', /undefined/],
		['```\nnull\n```', /null/],
		['{ "prompt": null }', /null/],
		["$('AI Agent').item.json.output", /was not evaluated/],
		['$json["video prompt"]', /was not evaluated/],
	])('is refused: %j', async (prompt, message) => {
		for (const own of [{}, photo]) {
			const parameters = { ...own, prompt: '={{ $json.prompt }}' };
			const { error, calls } = await runWith(parameters, { prompt });

			expect(error?.message).toMatch(message);
			expect(error?.description).toMatch(/^(Describe|Set)/);
			expect(calls).toEqual([]);
		}
	});

	it.each([
		['=A video of {{ $json.subject }}', {}],
		['=A video of {{ $json.subject }}', { subject: 'undefined' }],
		['=A {{ $json.color }} {{ $json.subject }}', { color: 'red' }],
		['=A video of {{ $json.subject }}', { subject: { name: 'a cat' } }],
		['=A video of {{ $json.subject }}', { subject: [] }],
	])('is refused where an expression leaves a hole: %s %j', async (prompt, item) => {
		const { error, calls } = await runWith({ prompt }, item);

		expect(error?.message).toMatch(/'Prompt' has an expression.*\{\{ \$json\.subject \}\}/);
		expect(calls).toEqual([]);
	});

	it.each(['={{ "A video of " + $json.subject }}', '={{ `A ${$json.subject} cat` }}'])(
		'is refused where the expression itself has put its words around a hole: %s',
		async (prompt) => {
			const { error, calls } = await runWith({ prompt }, { color: 'red' });
			const { tasks } = await runWith({ prompt }, { subject: 'shape undefined by light' });

			expect(error?.message).toMatch(/'Prompt' has an expression that finds nothing.*undefined/);
			expect(calls).toEqual([]);
			expect(tasks).toHaveLength(1);
		},
	);

	it('is no prompt with an expression that gives an empty text on purpose', async () => {
		const { input } = await runWith({ prompt: "=A cat{{ $json.place ?? '' }}" });
		expect(input.prompt).toBe('A cat');
	});

	it('is told apart from one with such a word in it, which gets a hint', async () => {
		const { json } = await runWith({ prompt: 'A video of undefined', options: { dryRun: true } });
		expect(json[0].hints).toEqual([expect.stringContaining('undefined')]);
	});

	it.each(['undefined', '', { text: 'a cat' }])(
		'is refused inside of Additional Input: %j',
		async (prompt) => {
			const options = { additionalInput: JSON.stringify({ prompt }) };
			const { error, calls } = await runWith({ options });

			expect(error?.message).toContain("'prompt in Additional Input (JSON)'");
			expect(calls).toEqual([]);
		},
	);
});

it.each([
	'```text\nA cat on a roof\n```\n',
	'Here is your prompt:\n\nA cat on a roof',
	"Sure! Here's the video prompt:\n```\nA cat on a roof\n```",
	'**Prompt:** "A cat on a roof"',
	'Here is your prompt:\n```\nA cat on a roof\n```\n\nDo you like it?',
	'<think>\nA cat?\n</think>\n\nA cat on a roof',
	'{ "prompt": "A cat on a roof" }',
	'```json\n["A cat on a roof"]\n```',
])('takes off what a language model puts around its answer, with a hint: %j', async (prompt) => {
	const { input, hints } = await runWith({ prompt: '={{ $json.prompt }}' }, { prompt });

	expect(input.prompt).toBe('A cat on a roof');
	expect(hints.join()).toMatch(/taken off/);
});

it('sends no half of a character, wherever it comes from', async () => {
	const options = { additionalInput: '{ "concept": "fox \\ud83e" }' };
	const { input } = await runWith({ prompt: '={{ "A fox \\ud83e on a ridge" }}', options });

	expect(input).toMatchObject({ prompt: 'A fox  on a ridge', concept: 'fox ' });
});

describe('an option whose expression finds nothing', () => {
	it.each(['dryRun', 'maxSpendUsd', 'keepBalanceUsd', 'numberOfVideos', 'seed'])(
		'is refused where it decides about money: %s',
		async (name) => {
			for (const value of ['={{ $json.nope }}', '={{ null }}', '={{ [undefined] }}']) {
				const { error, calls } = await runWith({ options: { [name]: value } });

				expect(error?.message).toMatch(/^'.+' cannot be “(undefined|null)”$/);
				expect(error?.description).toMatch(/^Set /);
				expect(calls).toEqual([]);
			}
		},
	);

	it('counts as not added elsewhere', async () => {
		const names =
			'loop expandPrompt serviceMode maxConcurrency cancelOnStop tagOrders additionalInput timeoutMinutes';
		const { input: plain } = await runWith({});
		for (const value of ['={{ $json.nope }}', '={{ null }}']) {
			const options = Object.fromEntries(names.split(' ').map((name) => [name, value]));
			expect((await runWith({ options })).input).toEqual(plain);
		}
	});
});

it.each([', ', '\n', ' ', ';', ' | ', '<br>', '，', ''])(
	'refuses links separated by %j',
	async (between) => {
		const startImageUrl = `https://a.example/1.png${between}https://a.example/2.png`;
		const { error, calls } = await runWith({ ...photo, startImageUrl });

		expect(error?.message).toBe("'Start Image URL' holds more than one link");
		expect(calls).toEqual([]);
	},
);

it.each([
	['startImageUrl', { ...photo, startImageUrl: `${PHOTO}?id={{ $json.id }}` }],
	['callbackUrl', { callbackUrl: 'http://127.0.0.1:9/{{ $json.id }}' }],
	[
		'fileName',
		{ waitMode: 'poll', options: { binaryOutput: ['video'], fileName: '{{ $json.id }}' } },
	],
	['additionalInput', { options: { additionalInput: '{ "style": "{{ $json.id }}" }' } }],
])('takes no expression that was not evaluated for a text: %s', async (_, parameters) => {
	const { error, calls } = await runWith(parameters);

	expect(error?.message).toMatch(/was not evaluated: \{\{ \$json\.id \}\}/);
	expect(error?.description).toMatch(/^Set '.+' to Expression/);
	expect(calls).toEqual([]);
});

it('takes a link that holds another one', async () => {
	const startImageUrl = `${PHOTO}/https://a.example/1.png?from=https://a.example/`;
	const { input } = await runWith({ ...photo, startImageUrl });
	expect(input.start_image).toBe(startImageUrl);
});

it('reads a link without what nobody sees', async () => {
	const { input } = await runWith({ ...photo, startImageUrl: `\u200B${PHOTO}\u200B\uFEFF\n` });
	expect(input.start_image).toBe(PHOTO);
});

describe('what people and spreadsheets write', () => {
	const fieldWith = (path: string, value: string): IDataObject => {
		const [collection, name] = path.split('.');
		return name === undefined ? { [collection]: value } : { [collection]: { [name]: value } };
	};

	it.each([
		['duration', ['5s', '5.0', '5 sec', ['5'], '5 Seconds'], { duration: 5 }],
		['duration', ['10s', ['10']], { duration: 10 }],
		[
			'aspectRatio',
			['9:16 (vertical)', '9x16', '9/16', '1080x1920', 'Vertical'],
			{ aspect_ratio: '9:16' },
		],
		['aspectRatio', ['square', '1:1 (Square, for Feeds)', ['1:1']], { aspect_ratio: '1:1' }],
		['aspectRatio', ['landscape', '1920×1080'], { aspect_ratio: '16:9' }],
		['aspectRatio', ['portrait'], { aspect_ratio: '3:4' }],
		['options.loop', ['yes', 'ON', 1, ['true']], { loop: true }],
		['options.loop', ['no', 'off', 0], { loop: false }],
		['options.seed', ['42', '42.0', [42]], { seed: 42 }],
		['options.model', ['RAY-V1', 'Ray 1', ' ray-v1 '], { model: 'ray-v1' }],
	])('works where it means one thing: %s %j', async (field, values, sent) => {
		for (const value of values) {
			const { input, error } = await runWith(fieldWith(field, '={{ $json.value }}'), { value });

			expect([value, error?.message]).toEqual([value, undefined]);
			expect(input).toMatchObject(sent);
		}
	});

	it.each([
		['duration', ['7s', '10 minutes', '5 or 10', ['5', '10'], '5m'], "'Duration'"],
		['aspectRatio', ['16:9 or 9:16', '5:4', 'large', {}], "'Aspect Ratio'"],
		['options.loop', ['maybe', 2, []], "'Loop'"],
		['options.numberOfVideos', ['2s', ['1', '2'], true, '1,5'], "'Number of Videos'"],
		['options.timeoutMinutes', ['5 ms', '1h', '90s'], "'Timeout (Minutes)'"],
	])('is refused where it does not: %s %j', async (field, values, label) => {
		for (const value of values) {
			const parameters = { ...fieldWith(field, '={{ $json.value }}'), waitMode: 'poll' };
			const { error, calls } = await runWith(parameters, { value });

			expect([value, error?.message]).toEqual([value, expect.stringContaining(label)]);
			expect(calls).toEqual([]);
		}
	});

	it('passes on a model that it does not know, with a hint', async () => {
		const { input } = await runWith({ options: { model: 'ray-v9' } });
		const { json } = await runWith({ options: { model: 'ray-v9', dryRun: true } });

		expect(input.model).toBe('ray-v9');
		expect(json[0].hints).toEqual([expect.stringMatching(/“ray-v9”.*ray-v2/)]);
	});

	it.each([
		{ model: 'luma', task_type: 'video_generation', input: { prompt: 'a cat' } },
		{ input: { seed: 1 } },
		{ task_type: 'extend_video' },
		{ config: { service_mode: 'private' } },
	])('knows a whole request in Additional Input: %j', async (body) => {
		const options = { additionalInput: JSON.stringify(body) };
		const { error, calls } = await runWith({ options });

		expect(error?.message).toContain('whole request');
		expect(error?.description).toMatch(/only what stands in its "input"/);
		expect(calls).toEqual([]);
	});
});

describe('a message is short', () => {
	const GIVEN = '={{ $json.value }}';
	const file = { data: 'eA==', mimeType: 'image/png' };
	const download = { operation: 'download', downloadFrom: 'url' };
	const nameless = { fileName: '={{ $json.value.replaceAll("A", "?") }}', binaryOutput: ['video'] };

	it.each<[string, IDataObject]>([
		['a prompt', { prompt: '={{ $json.value + "{{ x }}" }}' }],
		[
			'a link that cannot be reached',
			{ ...download, videoUrl: '={{ "http://127.0.0.1:9/" + $json.value }}' },
		],
		['a file name', { options: nameless, waitMode: 'poll' }],
		['an aspect ratio', { aspectRatio: GIVEN }],
		['a seed', { options: { seed: GIVEN } }],
		['names of keys', { prompt: '={{ { [$json.value]: 1 } }}' }],
	])('whatever the value is: %s', async (_, parameters) => {
		const json = { value: 'A'.repeat(3_000_000) };
		const { error } = await runWith(parameters, { json, binary: { data: file, mask: file } });

		expect(error?.message).toBeDefined();
		expect(`${error?.message} ${error?.description}`.length).toBeLessThan(900);
	});

	it.each(['data', 'constructor', '__proto__', 'toString'])(
		'and plain where an item has no file in “%s”',
		async (name) => {
			const binary = { data: null } as unknown as INodeExecutionData['binary'];
			const parameters = { ...photo, startImageSource: 'binary', startImageBinaryProperty: name };
			const { error, calls } = await runWith(parameters, { json: {}, binary });

			expect(error?.message).toBe(`'Start Image' finds no file in the binary field “${name}”`);
			expect(calls).toEqual([]);
		},
	);
});

it('goes on with the other items where On Error says so', async () => {
	const items = [{ prompt: { text: 'a cat' } }, { prompt: 'A cat on a roof' }, { prompt: 'null' }];
	const { json, tasks } = await runOnce({ prompt: '={{ $json.prompt }}' }, { items, ...CONTINUE });

	expect(json.map(({ error }) => typeof error)).toEqual(['string', 'undefined', 'string']);
	expect(tasks).toHaveLength(1);
});
