import { expect, it } from '@jest/globals';

import { shareServiceOf } from '../../../nodes/Luma/operations/video/shareLinks';

const ID = '1A2b3C4d5E6f7G8h9I0jKlMnOpQrStUvW';
const DIRECT = `https://drive.google.com/uc?export=download&id=${ID}`;

it.each([
	DIRECT,
	`https://drive.google.com/thumbnail?id=${ID}&sz=w1000`,
	`https://lh3.googleusercontent.com/d/${ID}`,
	'https://www.dropbox.com/scl/fi/a1b2c3/cat.jpg?rlkey=x&dl=1',
	'https://www.dropbox.com/s/a1b2c3/cat.jpg?raw=1',
	'https://dl.dropboxusercontent.com/s/a1b2c3/cat.jpg',
	'https://1drv.ms/i/s!AbCdEf?download=1',
	'https://onedrive.live.com/download?resid=1!2',
	'https://example.com/drive.google.com/file/d/1',
])('takes a link to the image itself for no share link: %s', (link) => {
	expect(shareServiceOf(new URL(link))).toBeUndefined();
});

it.each([
	[`https://drive.google.com/file/d/${ID}/view?usp=sharing`, 'Google Drive', DIRECT],
	[`https://drive.google.com/open?id=${ID}`, 'Google Drive', DIRECT],
	[`https://docs.google.com/file/d/${ID}/edit`, 'Google Drive', DIRECT],
	['https://www.dropbox.com/scl/fi/a1b2c3/cat.jpg?rlkey=x&dl=0', 'Dropbox', 'dl=1'],
	['https://m.dropbox.com/s/a1b2c3/cat.jpg', 'Dropbox', 'dl=1'],
	['https://1drv.ms/i/s!AbCdEf', 'OneDrive', 'download=1'],
	['https://onedrive.live.com/?cid=1&id=1%212', 'OneDrive', 'download=1'],
	['https://example-my.sharepoint.com/:i:/g/personal/x/E1?e=2', 'OneDrive', 'download=1'],
])('knows a share link, and what to use instead: %s', (address, name, direct) => {
	const link = new URL(address);
	const service = shareServiceOf(link);
	expect(service?.name).toBe(name);
	expect(service?.direct(link)).toContain(direct);
});
