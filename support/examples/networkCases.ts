import { expect } from '@jest/globals';

import type { NetworkCall, Step } from './networks';
import type { Filling } from './testbed';

export const PROMPT = 'A barista is pouring milk into a cup, steam is rising, camera pushes in';
export const CAPTION = 'The first cup of the day & a *smile*. #coffee\nSee you at the counter!';

interface MadeVideo {
	videoUrl: string;
	file: Buffer;
}

export interface NetworkCase {
	workflow: string;
	filling?: Filling;
	/** What the form asks for besides the prompt and the caption. */
	form?: Record<string, string>;
	/**
	 * All requests in their order with what a network answers on which all goes well. The first one is free,
	 * before anything is paid. One that stands there twice in a row asks how far the network is.
	 */
	steps: Step[];
	/** The request that makes the post; default: the last one. */
	publish?: string;
	/** What has to arrive with the last one of some of the requests. */
	sent(video: MadeVideo): Record<string, { [part in keyof NetworkCall]?: unknown }>;
	ratio: string;
}

const some = (fields: Record<string, unknown>) => expect.objectContaining(fields);

const GRAPH = 'https://graph.facebook.com/v23.0';

const INSTAGRAM = `${GRAPH}/17841400000000000`;
const instagram: NetworkCase = {
	workflow: 'instagram-reel',
	filling: { 'Check the Account': { node: '17841400000000000' } },
	steps: [
		[`GET ${INSTAGRAM}`, { json: { id: '17841400000000000', username: 'corner.coffee' } }],
		[`POST ${INSTAGRAM}/media`, { json: { id: '180' } }],
		[`GET ${GRAPH}/180`, { json: { id: '180', status_code: 'IN_PROGRESS' } }],
		[`GET ${GRAPH}/180`, { json: { id: '180', status_code: 'FINISHED' } }],
		[`POST ${INSTAGRAM}/media_publish`, { json: { id: '190' } }],
	],
	sent: ({ videoUrl }) => ({
		[`POST ${INSTAGRAM}/media`]: {
			query: some({ media_type: 'REELS', video_url: videoUrl, caption: CAPTION }),
		},
		[`POST ${INSTAGRAM}/media_publish`]: { query: some({ creation_id: '180' }) },
	}),
	ratio: '9:16',
};

export const PAGE_POST = 'POST https://graph-video.facebook.com/v23.0/1234/videos';
const facebook: NetworkCase = {
	workflow: 'facebook-page-video',
	filling: { 'Check the Page': { node: '1234' } },
	steps: [
		[`GET ${GRAPH}/1234`, { json: { id: '1234', name: 'Corner Coffee' } }],
		[PAGE_POST, { json: { id: '555' } }],
	],
	sent: ({ videoUrl }) => ({
		[PAGE_POST]: { query: some({ file_url: videoUrl, description: CAPTION }) },
	}),
	ratio: '16:9',
};

const GOOGLE = 'https://www.googleapis.com';
const YOUTUBE = `${GOOGLE}/youtube/v3/channels`;
const YOUTUBE_UPLOAD = `POST ${GOOGLE}/upload/youtube/v3/videos`;
const YOUTUBE_FILE = 'https://upload.youtube.example/file';
const youtube: NetworkCase = {
	workflow: 'youtube-short',
	form: { Title: 'The first cup of the day' },
	steps: [
		[`GET ${YOUTUBE}`, { json: { items: [{ id: 'UC1', snippet: { title: 'Coffee' } }] } }],
		[YOUTUBE_UPLOAD, { headers: { location: YOUTUBE_FILE }, json: {} }],
		[`PUT ${YOUTUBE_FILE}`, { json: { id: 'yt-1' } }],
	],
	sent: ({ file }) => ({
		[YOUTUBE_UPLOAD]: {
			content: some({
				snippet: some({ title: 'The first cup of the day', description: CAPTION }),
				status: some({ privacyStatus: 'private', selfDeclaredMadeForKids: false }),
			}),
		},
		[`PUT ${YOUTUBE_FILE}`]: { content: file },
	}),
	ratio: '9:16',
};

const TIKTOK = 'https://open.tiktokapis.com/v2/post/publish';
const TIKTOK_STATUS = `POST ${TIKTOK}/status/fetch/`;
const TIKTOK_FILE = 'https://open-upload.tiktokapis.com/video/';
const PUBLISH_ID = 'v_pub_file~v2-1.123';
/** TikTok's envelope. */
export const ofTiktok = (data: object) => ({ json: { data, error: { code: 'ok', message: '' } } });
const tiktok: NetworkCase = {
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
		[`PUT ${TIKTOK_FILE}`, { status: 201 }],
		[TIKTOK_STATUS, ofTiktok({ status: 'PROCESSING_UPLOAD' })],
		[TIKTOK_STATUS, ofTiktok({ status: 'PUBLISH_COMPLETE' })],
	],
	publish: `PUT ${TIKTOK_FILE}`,
	sent: ({ file, file: { length } }) => ({
		[`POST ${TIKTOK}/video/init/`]: {
			content: {
				post_info: { title: CAPTION, privacy_level: 'SELF_ONLY', is_aigc: true },
				source_info: {
					source: 'FILE_UPLOAD',
					video_size: length,
					chunk_size: length,
					total_chunk_count: 1,
				},
			},
		},
		[`PUT ${TIKTOK_FILE}`]: {
			headers: some({
				'content-type': 'video/mp4',
				'content-length': `${length}`,
				'content-range': `bytes 0-${length - 1}/${length}`,
			}),
			content: file,
		},
		[TIKTOK_STATUS]: { content: { publish_id: PUBLISH_ID } },
	}),
	ratio: '9:16',
};

const LINKEDIN = 'https://api.linkedin.com/rest';
const LINKEDIN_VIDEO = 'urn:li:video:C4E1';
const LINKEDIN_UPLOAD = `POST ${LINKEDIN}/videos`;
const LINKEDIN_STATUS = `GET ${LINKEDIN}/videos/${encodeURIComponent(LINKEDIN_VIDEO)}`;
const LINKEDIN_FILE = 'https://www.linkedin.com/dms-uploads';
const halfOf = (size: number) => Math.floor(size / 2);

/** LinkedIn says where each part of a file goes; 4 MiB is its size in real life. */
function linkedInUpload({ content }: NetworkCall) {
	const asked = content as { initializeUploadRequest: { fileSizeBytes: number } };
	const size = asked.initializeUploadRequest.fileSizeBytes;
	const uploadInstructions = [
		{ uploadUrl: `${LINKEDIN_FILE}/1`, firstByte: 0, lastByte: halfOf(size) - 1 },
		{ uploadUrl: `${LINKEDIN_FILE}/2`, firstByte: halfOf(size), lastByte: size - 1 },
	];
	return { json: { value: { video: LINKEDIN_VIDEO, uploadToken: '', uploadInstructions } } };
}

const linkedin: NetworkCase = {
	workflow: 'linkedin-video',
	steps: [
		['GET https://api.linkedin.com/v2/userinfo', { json: { sub: '782bbtaQ', name: 'Coffee' } }],
		[LINKEDIN_UPLOAD, linkedInUpload],
		[`PUT ${LINKEDIN_FILE}/1`, { headers: { etag: 'part-1' } }],
		[`PUT ${LINKEDIN_FILE}/2`, { headers: { etag: 'part-2' } }],
		[LINKEDIN_UPLOAD, { json: {} }],
		[LINKEDIN_STATUS, { json: { id: LINKEDIN_VIDEO, status: 'PROCESSING' } }],
		[LINKEDIN_STATUS, { json: { id: LINKEDIN_VIDEO, status: 'AVAILABLE' } }],
		[
			`POST ${LINKEDIN}/posts`,
			{ status: 201, headers: { 'x-restli-id': 'urn:li:share:7' }, json: {} },
		],
	],
	sent: ({ file }) => ({
		[`PUT ${LINKEDIN_FILE}/1`]: { content: file.subarray(0, halfOf(file.length)) },
		[`PUT ${LINKEDIN_FILE}/2`]: { content: file.subarray(halfOf(file.length)) },
		[LINKEDIN_UPLOAD]: {
			content: {
				finalizeUploadRequest: {
					video: LINKEDIN_VIDEO,
					uploadToken: '',
					uploadedPartIds: ['part-1', 'part-2'],
				},
			},
		},
		[`POST ${LINKEDIN}/posts`]: {
			headers: some({
				'linkedin-version': expect.stringMatching(/^20\d{4}$/),
				authorization: 'Bearer token-of-the-tests',
			}),
			content: some({
				author: 'urn:li:person:782bbtaQ',
				commentary: CAPTION.replaceAll('*', '\\*'),
				visibility: 'PUBLIC',
				lifecycleState: 'PUBLISHED',
				content: some({ media: some({ id: LINKEDIN_VIDEO }) }),
			}),
		},
	}),
	ratio: '16:9',
};

const TELEGRAM = 'https://api.telegram.org/bot1:token-of-the-tests';
export const CHANNEL = `POST ${TELEGRAM}/getChat`;
export const CHANNEL_POST = `POST ${TELEGRAM}/sendVideo`;
export const telegram: NetworkCase = {
	workflow: 'telegram-channel',
	filling: { 'Check the Channel': { chatId: '@corner_coffee' } },
	steps: [
		[CHANNEL, { json: { ok: true, result: { id: -1001, type: 'channel' } } }],
		[CHANNEL_POST, { json: { ok: true, result: { message_id: 12 } } }],
	],
	sent: ({ file }) => ({
		[CHANNEL_POST]: { content: some({ chat_id: '-1001', caption: CAPTION, video: file }) },
	}),
	ratio: '9:16',
};

const DRIVE = `${GOOGLE}/drive/v3/files`;
const DRIVE_UPLOAD = `POST ${GOOGLE}/upload/drive/v3/files`;
const DRIVE_FILE = 'https://upload.drive.example/file';
const drive: NetworkCase = {
	workflow: 'keep-on-google-drive',
	filling: { 'Upload the File': { folderId: { __rl: true, mode: 'id', value: 'folder-1' } } },
	steps: [
		[`GET ${DRIVE}`, { json: { files: [] } }],
		[DRIVE_UPLOAD, { headers: { location: DRIVE_FILE }, json: {} }],
		[`PUT ${DRIVE_FILE}`, { json: { id: 'drive-1' } }],
		[`PATCH ${DRIVE}/drive-1`, { json: { id: 'drive-1', name: 'clip.mp4' } }],
	],
	publish: `PUT ${DRIVE_FILE}`,
	sent: ({ file }) => ({
		[DRIVE_UPLOAD]: {
			content: some({ name: expect.stringMatching(/^[\w-]{36}\.mp4$/), parents: ['folder-1'] }),
		},
		[`PUT ${DRIVE_FILE}`]: { content: file },
	}),
	ratio: '16:9',
};

const BUCKET = 'https://s3.example.com/clips';
const REGION = '<LocationConstraint>eu-west-1</LocationConstraint>';
const NO_FILES = '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>';
const bucket = ({ query }: NetworkCall) => ({ text: 'location' in query ? REGION : NO_FILES });
const s3: NetworkCase = {
	workflow: 'keep-on-s3',
	filling: { 'Check the Bucket': { bucketName: 'clips' } },
	steps: [
		[`GET ${BUCKET}`, bucket],
		[`GET ${BUCKET}`, bucket],
		[`GET ${BUCKET}`, bucket],
		[`PUT ${BUCKET}/*.mp4`, {}],
	],
	sent: ({ file }) => ({ [`PUT ${BUCKET}/*.mp4`]: { content: file } }),
	ratio: '16:9',
};

export const networkCases = [
	...[instagram, facebook, youtube, tiktok, linkedin, telegram],
	...[drive, s3],
];
