import { describe, expect, it } from '@jest/globals';
import { openAccount } from './account';

const url = 'https://pictures.test/a.jpg';

describe('creating a task', () => {
	it('refuses a wrong and a missing key with 401', async () => {
		const { simulator, send } = openAccount({ apiKey: 'the right one' });
		const request = { method: 'POST', path: '/api/v1/task', headers: {}, body: {} };
		expect((await send('POST', '/api/v1/task', {})).status).toBe(401);
		const answer = await simulator.handle(request);
		expect(answer).toMatchObject({ status: 401, body: { code: 401, message: 'Invalid API key' } });
		expect(simulator.calls.map(({ hasKey }) => hasKey)).toEqual([true, false]);
	});

	it('answers with a pending task that echoes input and config', async () => {
		const { create } = openAccount();
		const config = { service_mode: 'private', webhook_config: { endpoint: '', secret: 's' } };
		const { status, code, message, data } = await create({ seed: 4, new_field: 1 }, config);
		expect({ status, code, message }).toEqual({ status: 200, code: 200, message: 'success' });
		expect(data).toMatchObject({
			status: 'pending',
			model: 'luma',
			task_type: 'video_generation',
			input: { prompt: 'a heron takes off', seed: 4, new_field: 1 },
			config,
			output: null,
			detail: null,
			logs: null,
			error: { code: 0, message: '', raw_message: '', detail: null },
		});
		expect(data.meta).toMatchObject({
			started_at: '0001-01-01T00:00:00Z',
			ended_at: '0001-01-01T00:00:00Z',
			usage: { type: 'point', frozen: 2_000_000, consume: 0 },
			is_using_private_pool: true,
		});
		expect(data.meta.created_at).toMatch(/^2026-01-07T01:36:08\.\d{9}Z$/);
		expect(data.task_id).toMatch(
			/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
		);
	});

	it.each([
		['another model', {}, { model: 'kling' }, 'model must be "luma"'],
		['an unknown task type', {}, { task_type: 'txt2img' }, 'task_type must be one of'],
		['no input', {}, { input: undefined }, 'input must be a JSON object'],
		['an empty prompt', { prompt: ' ' }, {}, 'input.prompt is required'],
		['an unknown input.model', { model: 'ray-v9' }, {}, 'input.model must be one of'],
		['an unknown older model name', { model_name: 'ray' }, {}, 'input.model_name must be one of'],
		['a duration of 7 s', { duration: 7 }, {}, 'input.duration must be 5 or 10'],
		['a duration as text', { duration: '5' }, {}, 'input.duration must be 5 or 10'],
		['10 s from an image', { duration: 10, start_image: url }, {}, 'for text to video only'],
		[
			'10 s from a key frame',
			{ duration: 10, key_frames: { frame1: { type: 'image', url } } },
			{},
			'for text to video only',
		],
		['an odd aspect ratio', { aspect_ratio: '5:4' }, {}, 'input.aspect_ratio must be one of'],
		['loop as text', { loop: 'true' }, {}, 'input.loop must be a boolean'],
		[
			'expand_prompt as a number',
			{ expand_prompt: 1 },
			{},
			'input.expand_prompt must be a boolean',
		],
		['a broken seed', { seed: 1.5 }, {}, 'input.seed must be an integer'],
		[
			'a local file',
			{ start_image: 'file:///a.jpg' },
			{},
			'input.start_image must be an http(s) URL',
		],
		[
			'image data',
			{ end_image: 'data:image/png;base64,AA' },
			{},
			'input.end_image must be an http(s)',
		],
		[
			'a key frame without an address',
			{ key_frames: { frame0: { type: 'image' } } },
			{},
			'input.key_frames.frame0.url must be an http(s) URL',
		],
		[
			'a generation frame outside of extend_video',
			{ key_frames: { frame0: { type: 'generation', id: 'x' } } },
			{},
			'needs task_type "extend_video"',
		],
		['an unknown service mode', {}, { config: { service_mode: 'x' } }, 'config.service_mode'],
	])('refuses %s with 400', async (_, input, extra, message) => {
		const { create, simulator } = openAccount();
		const answer = await create(input, undefined, extra);
		expect(answer).toMatchObject({ status: 400, code: 400, data: null });
		expect(answer.message).toContain(message);
		expect(simulator.tasks.size).toBe(0);
	});

	it('refuses a body that is no JSON', async () => {
		const { createWith } = openAccount();
		expect(await createWith('{"model":')).toMatchObject({ code: 400 });
	});

	it('takes both forms of images and both names of the model', async () => {
		const { create } = openAccount();
		const frame = { type: 'image', url };
		for (const input of [
			{ model: 'ray-v2', start_image: url, end_image: url },
			{ model_name: 'ray-v1', key_frames: { frame0: frame, frame1: frame } },
			{ end_image: url, aspect_ratio: '9:16', loop: true, expand_prompt: false },
			{ key_frames: { frame1: frame } },
			{ duration: 10 },
		]) {
			expect((await create(input)).code).toBe(200);
		}
	});

	it('extends only what is known and completed, in the shape it has', async () => {
		const { create, clock, run, simulator } = openAccount();
		await run(async () => {
			const { data: source } = await create({ aspect_ratio: '21:9' });
			const extend = async (frame: object | undefined, duration?: number) =>
				await create({ prompt: '', duration, key_frames: { frame0: frame } }, undefined, {
					task_type: 'extend_video',
				});
			expect((await extend(undefined)).message).toContain('needs a frame of type "generation"');
			const frame = { type: 'generation', id: source.task_id };
			expect((await extend(frame)).message).toContain('names no completed generation');
			await clock.sleep(10_000);
			expect((await extend(frame, 10)).message).toContain('for text to video only');
			const { generationId } = simulator.tasks.get(source.task_id)!;
			for (const id of [source.task_id, generationId]) {
				const { data: extension } = await extend({ type: 'generation', id });
				await clock.sleep(10_000);
				const task = simulator.tasks.get(extension.task_id);
				expect(task).toMatchObject({ status: 'completed', taskType: 'extend_video' });
			}
		});
	});

	it('freezes points and refuses with 500 when there are too few', async () => {
		const { create, simulator } = openAccount({ balanceUsd: 0.5 });
		expect((await create()).code).toBe(200);
		const refused = await create({ duration: 10 });
		expect(refused).toMatchObject({
			status: 500,
			code: 500,
			message: 'failed to freeze point: insufficient credits',
		});
		expect(simulator.balancePoints).toBe(3_000_000);
		expect(simulator.tasks.size).toBe(1);
	});

	it('gives the same ids under the same seed, and others under another', async () => {
		const ids = [];
		for (const seed of ['a', 'a', 'b'])
			ids.push((await openAccount({ seed }).create()).data.task_id);
		expect(ids[0]).toBe(ids[1]);
		expect(ids[0]).not.toBe(ids[2]);
	});
});
