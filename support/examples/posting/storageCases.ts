import { expect } from '@jest/globals';

import type { PostingCase } from './case';
import { jsonOf } from './networks';

const DRIVE = 'https://www.googleapis.com/drive/v3/files';
const DRIVE_UPLOAD = 'https://www.googleapis.com/upload/drive/v3/files';
const DRIVE_FILE = 'https://upload.drive.example/file';
const drive: PostingCase = {
	workflow: 'keep-on-google-drive',
	filling: { 'Upload the File': { folderId: { __rl: true, mode: 'id', value: 'folder-1' } } },
	answers: () => ({
		[`GET ${DRIVE}`]: () => ({ json: { files: [] } }),
		[`POST ${DRIVE_UPLOAD}`]: () => ({ headers: { location: DRIVE_FILE }, json: {} }),
		[`PUT ${DRIVE_FILE}`]: () => ({ json: { id: 'drive-1' } }),
		[`PATCH ${DRIVE}/drive-1`]: () => ({ json: { id: 'drive-1', name: 'clip.mp4' } }),
	}),
	steps: [`GET ${DRIVE}`, `POST ${DRIVE_UPLOAD}`, `PUT ${DRIVE_FILE}`, `PATCH ${DRIVE}/drive-1`],
	check: `GET ${DRIVE}`,
	publish: `PUT ${DRIVE_FILE}`,
	sent(networks, { file }) {
		expect(jsonOf(networks.last(`POST ${DRIVE_UPLOAD}`))).toMatchObject({
			name: expect.stringMatching(/^[\w-]{36}\.mp4$/),
			parents: ['folder-1'],
		});
		expect(networks.last(`PUT ${DRIVE_FILE}`).body.equals(file)).toBe(true);
	},
	ratio: '16:9',
	maker: 'Make the Video',
};

const BUCKET = 'https://s3.example.com/clips';
const emptyBucket = '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>';
const S3_UPLOAD = `PUT ${BUCKET}/*.mp4`;
const s3: PostingCase = {
	workflow: 'keep-on-s3',
	filling: { 'Check the Bucket': { bucketName: 'clips' } },
	answers: () => ({
		[`GET ${BUCKET}`]: ({ query }) => ({
			text:
				'location' in query ? '<LocationConstraint>eu-west-1</LocationConstraint>' : emptyBucket,
		}),
		[S3_UPLOAD]: () => ({ text: '' }),
	}),
	steps: [`GET ${BUCKET}`, `GET ${BUCKET}`, `GET ${BUCKET}`, S3_UPLOAD],
	check: `GET ${BUCKET}`,
	publish: S3_UPLOAD,
	sent(networks, { file }) {
		expect(networks.last(S3_UPLOAD).body.equals(file)).toBe(true);
	},
	ratio: '16:9',
	maker: 'Make the Video',
};

export const storageCases = [drive, s3];
