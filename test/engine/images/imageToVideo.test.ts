import { expect, it } from '@jest/globals';

import { runLuma } from '../../../support/engine/engine';
import { FAST_POLLING, startService } from '../../../support/engine/service';

// Nobody listens there: the pictures cannot be looked at, and are sent all the same.
const START = 'http://127.0.0.1:9/start.jpg';
const END = 'http://127.0.0.1:9/end.png';

const imageToVideo = { operation: 'imageToVideo', options: FAST_POLLING };

it('sets a start image in motion', async () => {
	const { simulator, url } = await startService();
	const { json } = await runLuma({
		url,
		parameters: { ...imageToVideo, startImageUrl: START, prompt: 'Steam rises from the cup' },
	});

	expect(json[0].status).toBe('completed');
	expect(simulator.calls[0].body).toMatchObject({
		task_type: 'video_generation',
		input: { prompt: 'Steam rises from the cup', duration: 5, start_image: START },
	});
	expect(simulator.calls[0].body).not.toHaveProperty('input.end_image');
});

it('leads to an end image alone, or from one image to the other', async () => {
	const { simulator, url } = await startService();
	await runLuma({
		url,
		items: [{ start: 'none' }, { start: 'url' }],
		parameters: {
			...imageToVideo,
			startImageSource: '={{ $json.start }}',
			startImageUrl: START,
			endImageSource: 'url',
			endImageUrl: END,
		},
	});

	const inputs = simulator.calls.filter(({ route }) => route === 'create').map(({ body }) => body);
	expect(inputs).toContainEqual(
		expect.objectContaining({
			input: expect.not.objectContaining({ start_image: expect.anything() }),
		}),
	);
	expect(inputs).toContainEqual(
		expect.objectContaining({
			input: expect.objectContaining({ start_image: START, end_image: END }),
		}),
	);
});

it('asks for gentle motion when there is no prompt, because PiAPI wants one', async () => {
	const { simulator, url } = await startService();
	await runLuma({ url, parameters: { ...imageToVideo, startImageUrl: START } });

	expect(simulator.calls[0].body).toHaveProperty(
		'input.prompt',
		expect.stringContaining('natural motion'),
	);
});

it('says what to check when Luma could not load an image that nobody could look at before', async () => {
	const { url } = await startService({
		faults: [{ route: 'media', effect: { kind: 'answer', status: 503 } }],
	});
	const { error } = await runLuma({
		url,
		parameters: { ...imageToVideo, startImageUrl: `${url}/media/uploads/missing.jpg` },
	});

	expect(error?.message).toContain('Luma could not load the image');
	expect(error?.description).toContain('private browser window');
});
