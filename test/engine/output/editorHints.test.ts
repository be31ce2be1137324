import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { Luma } from '../../../nodes/Luma/Luma.node';
import { LUMA, workflowOf } from '../../../support/engine/engine';

const { hints = [] } = new Luma().description;

/** What n8n's editor shows beside the fields before a run: it evaluates the conditions in this way. */
function shownFor(parameters: IDataObject): string[] {
	const workflow = workflowOf({ url: '', parameters: { promptMode: 'text', ...parameters } });
	const luma = workflow.getNode(LUMA)!;
	return hints
		.filter(({ displayCondition = '' }) =>
			workflow.expression.getSimpleParameterValue(luma, displayCondition, 'manual', {}),
		)
		.map(({ message }) => message);
}

describe('before anything is paid, the editor says', () => {
	it.each([
		['a very short prompt', 'A fox', 'very short'],
		['a very long prompt', 'fox '.repeat(201), 'more than 200 words'],
		['what a prompt rules out', 'A street at dawn, don’t show cars', 'rules out'],
		['words that make results worse', 'A Stunning fox running', 'get worse'],
		['several camera moves', 'A fox running, zooms in, pans left', 'Several camera moves'],
	])('%s', (_, prompt, words) => {
		expect(shownFor({ prompt })).toEqual([expect.stringContaining(words)]);
	});

	it('that an image can be cut off', () => {
		const image = { operation: 'imageToVideo', startImageUrl: 'https://example.com/image.png' };
		expect(shownFor({ ...image, aspectRatio: '9:16' })).toEqual([
			expect.stringContaining('cut off'),
		]);
		expect(shownFor({ ...image, aspectRatio: 'match' })).toEqual([]);
	});
});

describe('it says nothing', () => {
	it.each([
		['before there is a prompt', { prompt: '' }],
		['of a good prompt', { prompt: 'A red fox is trotting along a ridge, camera zooms in' }],
		['of a short text in a script without blanks', { prompt: '一只红色狐狸在雪中奔跑' }],
		['of an expression, whose text is not known yet', { prompt: '={{ $json.no }}' }],
		['of a prompt that does not count', { prompt: 'no', promptMode: 'guided' }],
		['of an aspect ratio of a video from text', { prompt: 'A red fox runs', aspectRatio: '9:16' }],
		[
			'of an aspect ratio that an expression chooses',
			{ operation: 'imageToVideo', aspectRatio: '={{ $json.ratio }}' },
		],
	])('%s', (_, parameters) => {
		expect(shownFor(parameters)).toEqual([]);
	});
});
