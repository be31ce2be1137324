/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { afterEach, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { itemsOf, type StoredFile, type StoredCredential } from '../../scripts/n8n/answers';
import { repository } from '../../scripts/n8n/versions';
import { finished, startRun } from '../../support/n8n/runs';
import { joinTestbed } from '../../support/n8n/sharedN8n';
import { openTestbed, RIGHT_KEY, type Testbed } from '../../support/n8n/testbed';
import { LUMA, lumaNode, webhookWorkflow } from '../../support/n8n/workflows';

const media = join(repository, 'simulator', 'media');
const photo = readFileSync(join(media, '9x16.thumbnail.jpg'));
const video = readFileSync(join(media, '9x16.mp4'));

/** The shared n8n keeps files in the filesystem. */
async function testbedWith(mode: string): Promise<Testbed> {
	if (mode === 'filesystem') return await joinTestbed();
	return await openTestbed({ environment: { N8N_DEFAULT_BINARY_DATA_MODE: mode } });
}

/** POST a picture as a form's field `data`, and the answer of the same request is the MP4 of its video. */
function photoWorkflow(credential: StoredCredential) {
	const parameters = {
		operation: 'imageToVideo',
		startImageSource: 'binary',
		startImageBinaryProperty: 'data',
		prompt: 'The scene comes to life',
	};
	const options = { binaryOutput: ['video', 'thumbnail'] };
	return webhookWorkflow('firstEntryBinary', [lumaNode(credential, { parameters, options })]);
}

let testbed: Testbed | undefined;
afterEach(async () => await testbed?.close());

/** Posts a picture to a workflow that is active in an n8n with these files. */
async function post(bytes: Buffer, mode: string) {
	testbed = await testbedWith(mode);
	const credential = await testbed.credentialWith(RIGHT_KEY);
	const form = new FormData();
	form.append('data', new Blob([bytes], { type: 'image/jpeg' }), 'holiday.jpg');
	const call = await startRun(testbed.client, photoWorkflow(credential), form);
	const response = await call.response;
	const execution = await finished(testbed.client, call);
	return { response, execution, simulator: testbed.simulator };
}

/** Files in memory have no id; n8n keeps them in the execution itself. */
async function contentOf(file: StoredFile): Promise<Buffer> {
	return file.id ? await testbed!.client.file(file.id) : Buffer.from(file.data, 'base64');
}

function parsed(answer: Buffer): Buffer {
	return Buffer.from((JSON.parse(answer.toString()) as { data: number[] }).data);
}

test.each([
	{ place: 'filesystem', mode: 'filesystem', idOfFile: /^filesystem-v2:/ },
	{ place: 'database', mode: 'database', idOfFile: /^database:/ },
	{ place: 'memory', mode: 'default', idOfFile: /^$/ },
])(
	'files in the $place: a photo goes in, its video and thumbnail come out byte by byte',
	async ({ mode, idOfFile }) => {
		const { response, execution, simulator } = await post(photo, mode);

		const answer = Buffer.from(await response.arrayBuffer());
		expect(response.headers.get('content-type')).toMatch(/^video\/mp4(;|$)/);
		// A file in memory is answered by n8n's webhook as the JSON of a buffer.
		expect((mode === 'default' ? parsed(answer) : answer).equals(video)).toBe(true);

		const [item] = itemsOf(execution, LUMA);
		const { data, dataThumbnail } = item.binary ?? {};
		expect(data.id ?? '').toMatch(idOfFile);
		expect(data.mimeType).toBe('video/mp4');
		expect((await contentOf(data)).equals(video)).toBe(true);
		expect((await contentOf(dataThumbnail)).equals(photo)).toBe(true);

		const [upload, ...furtherUploads] = simulator.calls.filter(({ route }) => route === 'upload');
		expect(furtherUploads).toEqual([]);
		const { file_data: sent } = upload.body as { file_data: string };
		expect(sent.endsWith(photo.toString('base64'))).toBe(true);
		const [{ input }] = simulator.tasks.values();
		expect(input.start_image).toMatch(`${simulator.baseUrl}/media/uploads/`);
		const startImage = await fetch(String(input.start_image));
		expect(Buffer.from(await startImage.arrayBuffer()).equals(photo)).toBe(true);
		expect(simulator.tasks.size).toBe(1);
	},
);

test('half a photo is refused, and nothing is paid', async () => {
	const { execution, simulator } = await post(photo.subarray(0, photo.length / 2), 'filesystem');
	const { status, data } = execution;
	expect(status).toBe('error');
	expect(data.resultData.error?.message).toContain("'Start Image' is damaged");
	expect(simulator.calls).toEqual([]);
});
