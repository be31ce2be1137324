import { describe, expect, it } from '@jest/globals';

import {
	SIMPLIFIED,
	taskOutput,
	type OutputField,
	type OutputFormat,
} from '../../../nodes/Luma/jobs/output';
import { readTask } from '../../../nodes/Luma/piapi/task';

const PIAPI_TASK = {
	task_id: 'c42f6ec7',
	status: 'Completed',
	input: { model: 'ray-v2', prompt: 'A fox', duration: 5, aspect_ratio: '16:9', seed: 42 },
	output: {
		video: { url: 'https://a.b/video.mp4', width: 1360, height: 752 },
		video_raw: { url: 'https://a.b/raw.mp4', width: 1360, height: 752 },
		thumbnail: { url: 'https://a.b/thumbnail.jpg' },
		last_frame: { url: 'https://a.b/last.jpg' },
	},
	meta: {
		created_at: '2026-01-07T01:36:08Z',
		started_at: '2026-01-07T01:36:09Z',
		ended_at: '2026-01-07T01:38:08Z',
		usage: { type: 'point', frozen: 2_000_000, consume: 2_000_000 },
	},
	error: { code: 0, message: '' },
};

const task = readTask(PIAPI_TASK)!;

const failed = readTask({
	...PIAPI_TASK,
	status: 'failed',
	output: null,
	error: { code: 1, message: 'no GPU left' },
})!;

describe('the simplified output', () => {
	it('has ten fields, the most used first', () => {
		expect(Object.entries(taskOutput(task, SIMPLIFIED))).toEqual([
			['taskId', 'c42f6ec7'],
			['status', 'completed'],
			['videoUrl', 'https://a.b/raw.mp4'],
			['thumbnailUrl', 'https://a.b/thumbnail.jpg'],
			['lastFrameUrl', 'https://a.b/last.jpg'],
			['prompt', 'A fox'],
			['duration', 5],
			['aspectRatio', '16:9'],
			['costUsd', 0.2],
			['completedAt', '2026-01-07T01:38:08.000Z'],
		]);
	});

	it('has the reason in place of pictures for a task that failed', () => {
		const output = taskOutput(failed, SIMPLIFIED);

		const keys = Object.keys(output);
		expect(keys.slice(0, 4)).toEqual(['taskId', 'status', 'failureReason', 'videoUrl']);
		expect(keys.length).toBeLessThanOrEqual(10);
		expect(output).toMatchObject({ failureReason: 'no GPU left', videoUrl: null });
		expect(output).not.toHaveProperty('thumbnailUrl');
	});

	it('tells that the time was up', () => {
		expect(taskOutput(task, SIMPLIFIED, { timedOut: true })).toMatchObject({ status: 'timeout' });
	});
});

it('has everything else that is known where it is selected', () => {
	const known = {
		watermarkedVideoUrl: 'https://a.b/video.mp4',
		width: 1360,
		height: 752,
		model: 'ray-v2',
		seed: 42,
		createdAt: '2026-01-07T01:36:08.000Z',
		startedAt: '2026-01-07T01:36:09.000Z',
		waitSeconds: 12.5,
		failureReason: null,
	};
	const fields = Object.keys(known) as OutputField[];
	const output = taskOutput(task, { type: 'selected', fields }, { waitSeconds: 12.5 });

	expect(Object.entries(output)).toEqual([['taskId', 'c42f6ec7'], ...Object.entries(known)]);
});

it('has the object of PiAPI as it is when it is raw', () => {
	expect(taskOutput(task, { type: 'raw' }).task).toEqual(PIAPI_TASK);
});

it.each<OutputFormat>([
	SIMPLIFIED,
	{ type: 'selected', fields: ['failureReason'] },
	{ type: 'raw' },
])('never has an error of its own: %j', (format) => {
	expect(taskOutput(failed, format)).not.toHaveProperty('error');
});
