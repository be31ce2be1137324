/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { afterEach, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { itemsOf } from '../../scripts/n8n/answers';
import { repository } from '../../scripts/n8n/versions';
import { finished, startRun } from './runs';
import { openStage, RIGHT_KEY, type Stage } from './stage';
import { LUMA, photoWorkflow } from './workflows';

const media = join(repository, 'simulator', 'media');
const photo = readFileSync(join(media, '9x16.thumbnail.jpg'));
const video = readFileSync(join(media, '16x9.mp4'));
const thumbnail = readFileSync(join(media, '16x9.thumbnail.jpg'));

let stage: Stage | undefined;
afterEach(async () => await stage?.close(), 60_000);

test.each([
	{ mode: 'filesystem', idOfFile: /^filesystem-v2:/ },
	{ mode: 'database', idOfFile: /^database:/ },
])(
	'files in the $mode: a photo goes in, its video and thumbnail come out byte by byte',
	async ({ mode, idOfFile }) => {
		stage = await openStage({ environment: { N8N_DEFAULT_BINARY_DATA_MODE: mode } });
		const { client, simulator } = stage;
		const credential = await stage.credentialWith(RIGHT_KEY);
		const form = new FormData();
		form.append('data', new Blob([photo], { type: 'image/jpeg' }), 'holiday.jpg');

		const call = await startRun(client, photoWorkflow(credential), form);
		const response = await call.response;

		expect(response.headers.get('content-type')).toBe('video/mp4');
		expect(Buffer.from(await response.arrayBuffer()).equals(video)).toBe(true);

		const [item] = itemsOf(await finished(client, call), LUMA);
		const { data, dataThumbnail } = item.binary ?? {};
		expect(data).toMatchObject({ id: expect.stringMatching(idOfFile), mimeType: 'video/mp4' });
		expect((await client.file(data.id)).equals(video)).toBe(true);
		expect((await client.file(dataThumbnail.id)).equals(thumbnail)).toBe(true);

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
	240_000,
);
