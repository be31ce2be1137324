import { expect, it } from '@jest/globals';

import { retryOf } from '../../../support/engine/engine';
import { NEVER, openService, runOnce, SHORT } from '../../../support/engine/runOnce';
import { png } from '../../../support/media/pictures';
import { startMockServer } from '../../../support/mockServer';

// Nobody listens there: the pictures cannot be looked at, and are sent all the same.
const START = 'http://127.0.0.1:9/start.jpg';
const END = 'http://127.0.0.1:9/end.png';

const imageToVideo = { operation: 'imageToVideo', startImageUrl: START };

it('sets a start image in motion', async () => {
	const { json, calls } = await runOnce({ ...imageToVideo, prompt: 'Steam rises from the cup' });

	expect(json[0].status).toBe('completed');
	expect(calls[0].body).toMatchObject({
		task_type: 'video_generation',
		input: { prompt: 'Steam rises from the cup', duration: 5, start_image: START },
	});
	expect(calls[0].body).not.toHaveProperty('input.end_image');
});

it('leads to an end image alone, or from one image to the other', async () => {
	const end = { endImageSource: 'url', endImageUrl: END };
	const parameters = { ...imageToVideo, ...end, startImageSource: '={{ $json.start }}' };
	const items = [{ start: 'none' }, { start: 'url' }];
	const { inputs } = await runOnce(parameters, { items });

	const images = inputs.map(({ start_image: start, end_image: last }) => [start, last]);
	expect(images).toContainEqual([undefined, END]);
	expect(images).toContainEqual([START, END]);
});

it('asks for gentle motion when there is no prompt, because PiAPI wants one', async () => {
	const { inputs } = await runOnce({ ...imageToVideo, prompt: '' });
	expect(inputs[0].prompt).toContain('natural motion');
});

it('says what to check when Luma could not load an image that nobody could look at before', async () => {
	const service = await openService({
		faults: [{ route: 'media', effect: { kind: 'answer', status: 503 } }],
	});
	const startImageUrl = `${service.url}/media/uploads/missing.jpg`;
	const { error } = await service.execute({ ...imageToVideo, startImageUrl });

	expect(error?.message).toContain('Luma could not load the image');
	expect(error?.description).toContain('private browser window');
});

it("pays once when a person's retry sees a picture that could not be looked at before", async () => {
	const pictures: Buffer[] = [];
	const host = await startMockServer(() => pictures[0]);
	const { execute, simulator, tasks, count } = await openService(NEVER);
	const parameters = { operation: 'imageToVideo', startImageUrl: `${host.url}/photo.png` };
	const first = await execute({ ...parameters, options: SHORT });
	expect(first.error?.message).toContain('within the time limit');

	pictures.push(png(800, 800));
	tasks().forEach((task) => simulator.complete(task));
	const { json } = await execute(parameters, { resume: retryOf(first) });
	await host.close();

	expect(host.received).toHaveLength(2);
	expect(json[0].status).toBe('completed');
	expect(count('create')).toBe(1);
});
