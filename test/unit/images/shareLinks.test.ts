import { expect, it } from '@jest/globals';

import { shareServiceOf } from '../../../nodes/Luma/operations/video/shareLinks';

it.each([
	'https://drive.google.com/uc?export=download&id=1A2b3C4d5E6f7G8h9I0jKlMnOpQrStUvW',
	'https://drive.google.com/thumbnail?id=1A2b3C4d5E6f7G8h9I0jKlMnOpQrStUvW&sz=w1000',
	'https://lh3.googleusercontent.com/d/1A2b3C4d5E6f7G8h9I0jKlMnOpQrStUvW',
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
	['https://docs.google.com/file/d/1A2b3C4d5E6f7G8h9I0jKlMnOpQrStUvW/edit', 'Google Drive'],
	['https://m.dropbox.com/s/a1b2c3/cat.jpg', 'Dropbox'],
])('knows other addresses of the same services: %s', (link, name) => {
	expect(shareServiceOf(new URL(link))?.name).toBe(name);
});
