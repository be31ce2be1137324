import { describe, expect, it } from '@jest/globals';
import type { IDataObject, ILoadOptionsFunctions } from 'n8n-workflow';

import { Luma } from '../../../nodes/Luma/Luma.node';
import { runLuma } from '../../../support/engine/engine';
import { PROMPT, startService } from '../../../support/engine/service';

/** The `input` that the dry run shows. */
async function inputOf(options: IDataObject, parameters: IDataObject = {}): Promise<IDataObject> {
	const { url } = await startService();
	const { json } = await runLuma({
		url,
		parameters: { prompt: PROMPT, ...parameters, options: { ...options, dryRun: true } },
	});
	return (json[0].request as { body: { input: IDataObject } }).body.input;
}

const SOURCE = 'c42f6ec7-5f0b-4b8e-9d5e-0a4c7e1f2b3d';
const EXTEND = { operation: 'extend', sourceTaskId: SOURCE };

describe('the model of a request', () => {
	it.each([
		['absent', undefined, 'ray-v2'],
		['chosen from the list', { __rl: true, mode: 'list', value: 'ray-v1' }, 'ray-v1'],
		['as the editor adds the option', { mode: 'list', value: 'ray-v1' }, 'ray-v1'],
		['given by its ID', { __rl: true, mode: 'id', value: ' ray-v3.1-flash ' }, 'ray-v3.1-flash'],
		['a bare ID', 'ray-v1', 'ray-v1'],
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

describe('fields that the additional input sets to null', () => {
	it.each([
		['as a text', '{ "aspect_ratio": null, "duration": null }'],
		['as an object from an expression', '={{ { aspect_ratio: null, duration: null } }}'],
		['one that the request does not have', '{"aspect_ratio":null,"duration":null,"x":null}'],
	])('are left out of the request: %s', async (_, additionalInput) => {
		expect(await inputOf({ additionalInput })).toEqual({ model: 'ray-v2', prompt: PROMPT });
	});

	it('change nothing while there is none', async () => {
		expect(await inputOf({ additionalInput: '{}' })).toEqual(await inputOf({}));
	});

	it('make room for a new name', async () => {
		const additionalInput = '{ "aspect_ratio": null, "ratio": "16:9" }';
		const input = await inputOf({ additionalInput });
		expect(input).toMatchObject({ ratio: '16:9' });
		expect(input).not.toHaveProperty('aspect_ratio');
	});

	it('stay where they are inside of another field', async () => {
		const additionalInput = '{ "key_frames": { "frame1": null } }';
		expect(await inputOf({ additionalInput })).toMatchObject({ key_frames: { frame1: null } });
	});
});
