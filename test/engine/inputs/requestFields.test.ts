import { describe, expect, it } from '@jest/globals';
import type { IDataObject, ILoadOptionsFunctions } from 'n8n-workflow';

import { Luma } from '../../../nodes/Luma/Luma.node';
import { runOnce } from '../../../support/engine/runOnce';
import { PROMPT } from '../../../support/engine/service';

const SOURCE = 'c42f6ec7-5f0b-4b8e-9d5e-0a4c7e1f2b3d';
const EXTEND = { operation: 'extend', sourceTaskId: SOURCE };

/** The `input` that the dry run shows. */
async function inputOf(options: IDataObject, parameters: IDataObject = {}): Promise<IDataObject> {
	const { json } = await runOnce({ ...parameters, options: { ...options, dryRun: true } });
	return (json[0].request as { body: { input: IDataObject } }).body.input;
}

describe('the model of a request', () => {
	it.each([
		['absent', undefined, 'ray-v2'],
		['chosen from the list', { __rl: true, mode: 'list', value: 'ray-v1' }, 'ray-v1'],
		['as the editor adds the option', { mode: 'list', value: 'ray-v1' }, 'ray-v1'],
		['given by its ID', { __rl: true, mode: 'id', value: ' ray-v3.1-flash ' }, 'ray-v3.1-flash'],
		['a bare ID from an expression', '={{ "ray-" + "v9" }}', 'ray-v9'],
		['an ID from an expression', { __rl: true, mode: 'id', value: '={{ "ray-v" + 8 }}' }, 'ray-v8'],
	])('is what the option says: %s', async (_, model, sent) => {
		expect(await inputOf({ ...(model && { model }) })).toMatchObject({ model: sent });
	});

	it('is left to PiAPI where a video is continued, unless one was chosen', async () => {
		expect(await inputOf({}, EXTEND)).not.toHaveProperty('model');
		expect(await inputOf({ model: 'ray-v1' }, EXTEND)).toMatchObject({ model: 'ray-v1' });
	});

	it('can be chosen from a list that needs no request', async () => {
		const { searchModels } = new Luma().methods.listSearch;
		const { results } = await searchModels.call({} as ILoadOptionsFunctions);
		expect(results.map(({ value }) => value)).toEqual(['ray-v2', 'ray-v1']);
	});
});

const PLAIN = { model: 'ray-v2', prompt: PROMPT };
const USUAL = { ...PLAIN, duration: 5, aspect_ratio: '16:9' };

it.each<[string, string, IDataObject]>([
	['{}', 'changes nothing', USUAL],
	['{ "aspect_ratio": null, "duration": null, "x": null }', 'leaves fields out', PLAIN],
	['={{ { aspect_ratio: null, duration: null } }}', 'leaves fields out', PLAIN],
	[
		'{ "aspect_ratio": null, "ratio": "16:9" }',
		'makes room for a new name',
		{ ...PLAIN, duration: 5, ratio: '16:9' },
	],
	[
		'{ "key_frames": { "frame1": null } }',
		'keeps what is inside of another field',
		{ ...USUAL, key_frames: { frame1: null } },
	],
])('additional input %s %s', async (additionalInput, _, input) => {
	expect(await inputOf({ additionalInput })).toEqual(input);
});

it.each(['={{ "true" }}', '={{ 1 }}', '=TRUE', true])(
	'a switch that an expression brings as %j keeps a dry run dry',
	async (dryRun) => {
		const { json, calls } = await runOnce({ options: { dryRun } });

		expect(json[0]).toMatchObject({ dryRun: true });
		expect(calls.filter(({ route }) => route === 'create')).toEqual([]);
	},
);

it('a switch from an expression means what it says in the request and in the output', async () => {
	const options = { loop: '={{ "true" }}' };
	const { inputs, json } = await runOnce({ simplify: '=false', options });

	expect(inputs[0].loop).toBe(true);
	expect(json[0]).toHaveProperty('task.task_id');
});

it('a time without a zone is understood in the zone of the workflow', async () => {
	const createdAfter = '2026-01-31T12:00:00';
	const parameters = { resource: 'task', operation: 'getMany', createdAfter };
	const { calls } = await runOnce(parameters, { timezone: 'Asia/Tokyo' });

	const noonInTokyo = Date.UTC(2026, 0, 31, 3) / 1000;
	expect(calls[0].path).toContain(`start_time=${noonInTokyo}`);
});
