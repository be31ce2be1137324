import { expect } from '@jest/globals';

import { CAPTION, type PostingCase } from './case';
import { formOf, jsonOf, type NetworkCall } from './networks';

const GRAPH = 'https://graph.facebook.com/v23.0';

const INSTAGRAM = `${GRAPH}/17841400000000000`;
const instagram: PostingCase = {
	workflow: 'instagram-reel',
	filling: { 'Check the Account': { node: '17841400000000000' } },
	steps: [
		[`GET ${INSTAGRAM}`, { json: { id: '17841400000000000', username: 'corner.coffee' } }],
		[`POST ${INSTAGRAM}/media`, { json: { id: '180' } }],
		[`GET ${GRAPH}/180`, { json: { id: '180', status_code: 'IN_PROGRESS' } }],
		[`GET ${GRAPH}/180`, { json: { id: '180', status_code: 'FINISHED' } }],
		[`POST ${INSTAGRAM}/media_publish`, { json: { id: '190' } }],
	],
	sent(networks, { videoUrl }) {
		expect(networks.last(`POST ${INSTAGRAM}/media`).query).toMatchObject({
			media_type: 'REELS',
			video_url: videoUrl,
			caption: CAPTION,
		});
		const { query } = networks.last(`POST ${INSTAGRAM}/media_publish`);
		expect(query).toMatchObject({ creation_id: '180' });
	},
	ratio: '9:16',
	maker: 'Make the Reel',
};

const FACEBOOK_POST = 'POST https://graph-video.facebook.com/v23.0/1234/videos';
const facebook: PostingCase = {
	workflow: 'facebook-page-video',
	filling: { 'Check the Page': { node: '1234' } },
	steps: [
		[`GET ${GRAPH}/1234`, { json: { id: '1234', name: 'Corner Coffee' } }],
		[FACEBOOK_POST, { json: { id: '555' } }],
	],
	sent(networks, { videoUrl }) {
		const { query } = networks.last(FACEBOOK_POST);
		expect(query).toMatchObject({ file_url: videoUrl, description: CAPTION });
	},
	ratio: '16:9',
	maker: 'Make the Video',
};

const YOUTUBE = 'https://www.googleapis.com/youtube/v3/channels';
const YOUTUBE_UPLOAD = 'https://www.googleapis.com/upload/youtube/v3/videos';
const YOUTUBE_FILE = 'https://upload.youtube.example/file';
const youtube: PostingCase = {
	workflow: 'youtube-short',
	form: { Title: 'The first cup of the day' },
	steps: [
		[`GET ${YOUTUBE}`, { json: { items: [{ id: 'UC1', snippet: { title: 'Coffee' } }] } }],
		[`POST ${YOUTUBE_UPLOAD}`, { headers: { location: YOUTUBE_FILE }, json: {} }],
		[`PUT ${YOUTUBE_FILE}`, { json: { id: 'yt-1' } }],
	],
	sent(networks, { file }) {
		expect(jsonOf(networks.last(`POST ${YOUTUBE_UPLOAD}`))).toMatchObject({
			snippet: { title: 'The first cup of the day', description: CAPTION },
			status: { privacyStatus: 'private', selfDeclaredMadeForKids: false },
		});
		expect(networks.last(`PUT ${YOUTUBE_FILE}`).body.equals(file)).toBe(true);
	},
	ratio: '9:16',
	maker: 'Make the Short',
};

const TIKTOK = 'https://open.tiktokapis.com/v2/post/publish';
const TIKTOK_FILE = 'https://open-upload.tiktokapis.com/video/';
const PUBLISH_ID = 'v_pub_file~v2-1.123';
/** TikTok's envelope. */
export const ofTiktok = (data: object) => ({ json: { data, error: { code: 'ok', message: '' } } });
const tiktok: PostingCase = {
	workflow: 'tiktok-video',
	form: { 'Who Can Watch': 'SELF_ONLY' },
	steps: [
		[
			`POST ${TIKTOK}/creator_info/query/`,
			ofTiktok({ privacy_level_options: ['FOLLOWER_OF_CREATOR', 'SELF_ONLY'] }),
		],
		[
			`POST ${TIKTOK}/video/init/`,
			ofTiktok({ publish_id: PUBLISH_ID, upload_url: `${TIKTOK_FILE}?upload_id=67890` }),
		],
		[`PUT ${TIKTOK_FILE}`, { status: 201, text: '' }],
		[`POST ${TIKTOK}/status/fetch/`, ofTiktok({ status: 'PROCESSING_UPLOAD' })],
		[`POST ${TIKTOK}/status/fetch/`, ofTiktok({ status: 'PUBLISH_COMPLETE' })],
	],
	publish: `PUT ${TIKTOK_FILE}`,
	sent(networks, { file }) {
		const { length } = file;
		expect(jsonOf(networks.last(`POST ${TIKTOK}/video/init/`))).toEqual({
			post_info: { title: CAPTION, privacy_level: 'SELF_ONLY', is_aigc: true },
			source_info: {
				source: 'FILE_UPLOAD',
				video_size: length,
				chunk_size: length,
				total_chunk_count: 1,
			},
		});
		const upload = networks.last(`PUT ${TIKTOK_FILE}`);
		expect(upload.headers).toMatchObject({
			'content-type': 'video/mp4',
			'content-length': String(length),
			'content-range': `bytes 0-${length - 1}/${length}`,
		});
		expect(upload.body.equals(file)).toBe(true);
		const asked = jsonOf(networks.last(`POST ${TIKTOK}/status/fetch/`));
		expect(asked).toEqual({ publish_id: PUBLISH_ID });
	},
	ratio: '9:16',
	maker: 'Make the Video',
};

const LINKEDIN = 'https://api.linkedin.com';
const LINKEDIN_VIDEO = 'urn:li:video:C4E1';
const LINKEDIN_STATUS = `GET ${LINKEDIN}/rest/videos/${encodeURIComponent(LINKEDIN_VIDEO)}`;
const LINKEDIN_FILE = 'https://www.linkedin.com/dms-uploads';
const LINKEDIN_PUBLISH = `POST ${LINKEDIN}/rest/posts`;

/** LinkedIn says where each part of a file goes; 4 MiB is its size in real life. */
function linkedInUpload(call: NetworkCall) {
	const asked = jsonOf(call) as { initializeUploadRequest: { fileSizeBytes: number } };
	const size = asked.initializeUploadRequest.fileSizeBytes;
	const half = Math.floor(size / 2);
	const uploadInstructions = [
		{ uploadUrl: `${LINKEDIN_FILE}/1`, firstByte: 0, lastByte: half - 1 },
		{ uploadUrl: `${LINKEDIN_FILE}/2`, firstByte: half, lastByte: size - 1 },
	];
	return { json: { value: { video: LINKEDIN_VIDEO, uploadToken: '', uploadInstructions } } };
}

const linkedin: PostingCase = {
	workflow: 'linkedin-video',
	steps: [
		[`GET ${LINKEDIN}/v2/userinfo`, { json: { sub: '782bbtaQ', name: 'Corner Coffee' } }],
		[`POST ${LINKEDIN}/rest/videos`, linkedInUpload],
		[`PUT ${LINKEDIN_FILE}/1`, { headers: { etag: 'part-1' }, text: '' }],
		[`PUT ${LINKEDIN_FILE}/2`, { headers: { etag: 'part-2' }, text: '' }],
		[`POST ${LINKEDIN}/rest/videos`, { json: {} }],
		[LINKEDIN_STATUS, { json: { id: LINKEDIN_VIDEO, status: 'PROCESSING' } }],
		[LINKEDIN_STATUS, { json: { id: LINKEDIN_VIDEO, status: 'AVAILABLE' } }],
		[LINKEDIN_PUBLISH, { status: 201, headers: { 'x-restli-id': 'urn:li:share:7' }, json: {} }],
	],
	sent(networks, { file }) {
		const parts = [1, 2].map((part) => networks.last(`PUT ${LINKEDIN_FILE}/${part}`).body);
		expect(Buffer.concat(parts).equals(file)).toBe(true);
		expect(jsonOf(networks.last(`POST ${LINKEDIN}/rest/videos`))).toEqual({
			finalizeUploadRequest: {
				video: LINKEDIN_VIDEO,
				uploadToken: '',
				uploadedPartIds: ['part-1', 'part-2'],
			},
		});
		expect(networks.last(LINKEDIN_PUBLISH).headers).toMatchObject({
			'linkedin-version': expect.stringMatching(/^20\d{4}$/),
			authorization: 'Bearer token-of-the-tests',
		});
		expect(jsonOf(networks.last(LINKEDIN_PUBLISH))).toMatchObject({
			author: 'urn:li:person:782bbtaQ',
			commentary: CAPTION.replaceAll('*', '\\*'),
			visibility: 'PUBLIC',
			lifecycleState: 'PUBLISHED',
			content: { media: { id: LINKEDIN_VIDEO } },
		});
	},
	ratio: '16:9',
	maker: 'Make the Video',
};

const TELEGRAM = 'https://api.telegram.org/bot1:token-of-the-tests';
const TELEGRAM_SEND = `POST ${TELEGRAM}/sendVideo`;
const telegram: PostingCase = {
	workflow: 'telegram-channel',
	filling: { 'Check the Channel': { chatId: '@corner_coffee' } },
	steps: [
		[`POST ${TELEGRAM}/getChat`, { json: { ok: true, result: { id: -1001, type: 'channel' } } }],
		[TELEGRAM_SEND, { json: { ok: true, result: { message_id: 12 } } }],
	],
	async sent(networks, { file }) {
		const form = await formOf(networks.last(TELEGRAM_SEND));
		expect(form.get('chat_id')).toBe('-1001');
		expect(String(form.get('caption')).replaceAll('\r\n', '\n')).toBe(CAPTION);
		const video = form.get('video') as Blob;
		expect(Buffer.from(await video.arrayBuffer()).equals(file)).toBe(true);
	},
	ratio: '9:16',
	maker: 'Make the Video',
};

const DRIVE = 'https://www.googleapis.com/drive/v3/files';
const DRIVE_UPLOAD = 'https://www.googleapis.com/upload/drive/v3/files';
const DRIVE_FILE = 'https://upload.drive.example/file';
const drive: PostingCase = {
	workflow: 'keep-on-google-drive',
	filling: { 'Upload the File': { folderId: { __rl: true, mode: 'id', value: 'folder-1' } } },
	steps: [
		[`GET ${DRIVE}`, { json: { files: [] } }],
		[`POST ${DRIVE_UPLOAD}`, { headers: { location: DRIVE_FILE }, json: {} }],
		[`PUT ${DRIVE_FILE}`, { json: { id: 'drive-1' } }],
		[`PATCH ${DRIVE}/drive-1`, { json: { id: 'drive-1', name: 'clip.mp4' } }],
	],
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
const REGION = '<LocationConstraint>eu-west-1</LocationConstraint>';
const NO_FILES = '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>';
const bucket = ({ query }: NetworkCall) => ({ text: 'location' in query ? REGION : NO_FILES });
const s3: PostingCase = {
	workflow: 'keep-on-s3',
	filling: { 'Check the Bucket': { bucketName: 'clips' } },
	steps: [
		[`GET ${BUCKET}`, bucket],
		[`GET ${BUCKET}`, bucket],
		[`GET ${BUCKET}`, bucket],
		[`PUT ${BUCKET}/*.mp4`, { text: '' }],
	],
	sent(networks, { file }) {
		expect(networks.last(`PUT ${BUCKET}/*.mp4`).body.equals(file)).toBe(true);
	},
	ratio: '16:9',
	maker: 'Make the Video',
};

export const networkCases = [
	...[instagram, facebook, youtube, tiktok, linkedin, telegram],
	...[drive, s3],
];
