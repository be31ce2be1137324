import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { PiapiApi } from '../../../credentials/PiapiApi.credentials';
import { TROUBLES } from '../../../nodes/Luma/piapi/errors';
import { useBinaryStore } from '../../engine/binaryData';
import { runLuma } from '../../../support/engine';
import { startService } from '../../engine/service';
import { read, sectionsOf } from './markdown';

const sections = sectionsOf(read('docs/troubleshooting.md'));
const described = sections.filter(({ level }) => level === 3);

function textUnder(title: string): string {
	return sections.find((section) => section.title === title)?.text ?? '';
}

it('has a heading for each message, and for nothing else', () => {
	const titles = Object.values(TROUBLES).map(({ title }) => title);
	expect(described.map(({ title }) => title)).toEqual(titles);
});

it.each(described)('says what “$title” means and what to do', ({ text }) => {
	const [meaning, remedy] = text.trim().split('\n');
	expect(meaning).toMatch(/^\w.{20,}/);
	expect(remedy).toMatch(/^What to do: \w.{20,}/);
});

it("has what the credential's test can say", () => {
	const messages = (new PiapiApi().test.rules ?? []).map(({ properties }) => properties.message);
	expect(messages.length).toBeGreaterThan(0);
	for (const message of messages) {
		expect(textUnder('Messages about the credential')).toContain(message);
	}
});

describe('the message about a field', () => {
	useBinaryStore();

	const slips: Record<string, IDataObject> = {
		'The prompt is empty': {},
		'There is no image': { operation: 'imageToVideo', startImageSource: 'none' },
		'Start Image finds no file in the binary property': {
			operation: 'imageToVideo',
			startImageSource: 'binary',
		},
		'A video from an image cannot be 10 seconds long': {
			operation: 'imageToVideo',
			startImageUrl: 'https://example.com/cup.jpg',
			duration: 10,
		},
		'Task ID is empty': { resource: 'task', operation: 'get', taskId: '={{ $json.taskId }}' },
		'Duration cannot be “7”': { prompt: 'A red fox', duration: 7 },
		'Model cannot be “ray-9”': { prompt: 'A red fox', model: 'ray-9' },
		'PiAPI cannot report to the Callback URL': {
			prompt: 'A red fox',
			waitMode: 'none',
			options: { callbackUrl: 'my n8n' },
		},
		'PiAPI cannot report the finished videos to this n8n': {
			prompt: 'A red fox',
			waitMode: 'callback',
		},
	};

	it.each(Object.entries(slips))('“%s” is what the node says', async (message, parameters) => {
		const { url, simulator } = await startService();
		// The real PiAPI cannot call an n8n at home, as this one is.
		const credential = { baseUrl: 'https://api.piapi.ai' };
		const { error } = await runLuma({ url, parameters, credential });
		expect(error?.message).toContain(message);
		expect(error?.description).toMatch(/Nothing was sent to PiAPI( for this item)?\./);
		expect(simulator.calls).toEqual([]);
		expect(textUnder('Messages about a field')).toContain(message);
	});
});
