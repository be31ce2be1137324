import { expect, it } from '@jest/globals';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { CONTINUE, runOnce } from '../../../support/engine/runOnce';

const GIVEN = '={{ $json.value }}';
const PHOTO = 'http://127.0.0.1:9/photo.jpg';
const photo = { operation: 'imageToVideo', startImageUrl: PHOTO };

/** Runs the node with one item, without waiting for its video. */
async function runWith(parameters: IDataObject, item: IDataObject | INodeExecutionData = {}) {
	const run = await runOnce({ waitMode: 'none', ...parameters }, { items: [item] });
	return { ...run, input: run.inputs[0] };
}

it('takes a list with one text for that text', async () => {
	const item = { prompt: ['a cat on a roof'], hook: ['http://127.0.0.1:9/hook'] };
	const parameters = { prompt: '={{ $json.prompt }}', callbackUrl: '={{ $json.hook }}' };
	const { tasks } = await runWith(parameters, item);

	expect(tasks[0].input.prompt).toBe('a cat on a roof');
	expect(tasks[0].config.webhook_config?.endpoint).toBe('http://127.0.0.1:9/hook');
});

it.each<[hint: RegExp, parameters: IDataObject]>([
	[/expression in 'Prompt' finds nothing/, { ...photo, prompt: '={{ $json.motion }}' }],
	[/undefined/, { prompt: 'A video of undefined' }],
	[/“ray-v9”.*ray-v2/, { options: { model: 'ray-v9' } }],
])('takes what can be meant, with a hint: %s %j', async (hint, parameters) => {
	const { inputs } = await runWith(parameters);
	const options = { ...(parameters.options as IDataObject), dryRun: true };
	const { json } = await runWith({ ...parameters, options });

	expect(inputs).toHaveLength(1);
	expect(json[0].hints).toContainEqual(expect.stringMatching(hint));
});

it.each<[prompt: string, item: IDataObject, sent: RegExp]>([
	["=A cat{{ $json.place ?? '' }}", {}, /^A cat$/],
	['={{ "A " + $json.subject }}', { subject: 'shape undefined by light' }, /undefined by light$/],
])('takes a prompt whose expression gives what it is to give: %s', async (prompt, item, sent) => {
	expect((await runWith({ prompt }, item)).input.prompt).toMatch(sent);
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

it('counts an option whose expression finds nothing as not added, except about money', async () => {
	const names = 'loop expandPrompt serviceMode maxConcurrency cancelOnStop tagOrders';
	const all = [...names.split(' '), 'additionalInput', 'timeoutMinutes'];
	const { input: plain } = await runWith({});
	for (const value of ['={{ $json.nope }}', '={{ null }}']) {
		const options = Object.fromEntries(all.map((name) => [name, value]));
		expect((await runWith({ options })).input).toEqual(plain);
	}
});

it.each([
	['that holds another one', `${PHOTO}/https://a.example/1.png?from=https://a.example/`],
	['without what nobody sees', PHOTO, `\u200B${PHOTO}\u200B\uFEFF\n`],
])('takes a link %s', async (_, link, startImageUrl = link) => {
	expect((await runWith({ ...photo, startImageUrl })).input.start_image).toBe(link);
});

it.each([
	['duration', ['5s', '5.0', '5 sec', ['5'], '5 Seconds'], { duration: 5 }],
	['duration', ['10s', ['10']], { duration: 10 }],
	['aspectRatio', ['9:16 (vertical)', '9x16', '9/16', '1080x1920'], { aspect_ratio: '9:16' }],
	['aspectRatio', ['Vertical'], { aspect_ratio: '9:16' }],
	['aspectRatio', ['square', '1:1 (Square, for Feeds)', ['1:1']], { aspect_ratio: '1:1' }],
	['aspectRatio', ['landscape', '1920×1080'], { aspect_ratio: '16:9' }],
	['aspectRatio', ['portrait'], { aspect_ratio: '3:4' }],
	['options.loop', ['yes', 'ON', 1, ['true']], { loop: true }],
	['options.loop', ['no', 'off', 0], { loop: false }],
	['options.seed', ['42', '42.0', [42]], { seed: 42 }],
	['options.model', ['RAY-V1', 'Ray 1', ' ray-v1 '], { model: 'ray-v1' }],
])('understands what people and spreadsheets write: %s %j', async (field, values, sent) => {
	const [collection, name] = field.split('.');
	const own = { [collection]: name ? { [name]: GIVEN } : GIVEN };
	for (const value of values) {
		const { input, error } = await runWith(own, { value });

		expect([value, error?.message]).toEqual([value, undefined]);
		expect(input).toMatchObject(sent);
	}
});

it.each<[string, IDataObject]>([
	['a prompt', { prompt: '={{ $json.value + "{{ x }}" }}' }],
	[
		'a link',
		{ operation: 'download', downloadFrom: 'url', videoUrl: `=${PHOTO}?{{ $json.value }}` },
	],
	[
		'a file name',
		{
			waitMode: 'poll',
			options: { fileName: '={{ $json.value.replaceAll("A", "?") }}', binaryOutput: ['video'] },
		},
	],
	['an aspect ratio', { aspectRatio: GIVEN }],
	['a seed', { options: { seed: GIVEN } }],
	['names of keys', { prompt: '={{ { [$json.value]: 1 } }}' }],
])('has a short message, however long the value is: %s', async (_, parameters) => {
	const file = { data: 'eA==', mimeType: 'image/png' };
	const item = { json: { value: 'A'.repeat(3_000_000) }, binary: { data: file, mask: file } };
	const { error } = await runWith(parameters, item);

	expect(error?.message).toBeDefined();
	expect(`${error?.message} ${error?.description}`.length).toBeLessThan(900);
});

it('goes on with the other items where On Error says so', async () => {
	const items = [{ prompt: { text: 'a cat' } }, { prompt: 'A cat on a roof' }, { prompt: 'null' }];
	const { json, tasks } = await runOnce({ prompt: '={{ $json.prompt }}' }, { items, ...CONTINUE });

	expect(json.map(({ error }) => typeof error)).toEqual(['string', 'undefined', 'string']);
	expect(tasks).toHaveLength(1);
});
