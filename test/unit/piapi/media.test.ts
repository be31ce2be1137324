/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { expect, it } from '@jest/globals';
import { sleep, type IExecuteFunctions } from 'n8n-workflow';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import { mediaKeeper, MP4 } from '../../../nodes/Luma/piapi/media';

/** n8n with a media host that answers with this body. */
function contextWith(body: Readable, prepareBinaryData: (stream: Readable) => Promise<unknown>) {
	const httpRequest = async () => ({ statusCode: 200, headers: {}, body });
	return { helpers: { httpRequest, prepareBinaryData } } as unknown as IExecuteFunctions;
}

const file = { url: 'https://media.example.com/a.mp4', stem: 'a', type: MP4, maxBytes: 1000 };
const never = new AbortController().signal;

it('gives up a download that stands still', async () => {
	const body = new Readable({ read() {} });
	body.push('a beginning');
	const keepFile = mediaKeeper(contextWith(body, buffer), never, 50);

	await expect(keepFile(file)).rejects.toMatchObject({
		kind: 'downloadBrokeOff',
		facts: { said: 'no data for 0.05 s' },
	});
});

it('has patience with a download that is slow', async () => {
	const body = new Readable({ read() {} });
	const sending = (async () => {
		for (let part = 0; part < 6; part++) {
			body.push('x');
			await sleep(100);
		}
		body.push(null);
	})();
	const keepFile = mediaKeeper(contextWith(body, buffer), never, 300);

	await expect(keepFile(file)).resolves.toEqual(Buffer.from('xxxxxx'));
	await sending;
});

it('tells a store that is full from a download that broke off', async () => {
	const body = Readable.from([Buffer.from('a video')]);
	const full = async () => {
		throw new Error('ENOSPC: no space left on device');
	};
	const keepFile = mediaKeeper(contextWith(body, full), never);

	await expect(keepFile(file)).rejects.toMatchObject({
		kind: 'notStored',
		facts: { said: 'ENOSPC: no space left on device' },
	});
	expect(body.destroyed).toBe(true);
});
