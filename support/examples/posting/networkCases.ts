import { expect } from '@jest/globals';

import type { PostingCase } from './case';
import { CAPTION } from './case';
import { formOf, jsonOf, type Answer } from './networks';

const GRAPH = 'https://graph.facebook.com/v23.0';

/** Says "not yet" once. */
function onceBefore(first: Answer, then: Answer): Answer {
	let isFirst = true;
	return async (call) => {
		const answer = isFirst ? first : then;
		isFirst = false;
		return await answer(call);
	};
}

const INSTAGRAM_PUBLISH = `POST ${GRAPH}/17841400000000000/media_publish`;
const instagram: PostingCase = {
	workflow: 'instagram-reel',
	filling: { 'Check the Account': { node: '17841400000000000' } },
	answers: () => ({
		[`GET ${GRAPH}/17841400000000000`]: () => ({
			json: { id: '17841400000000000', username: 'corner.coffee' },
		}),
		[`POST ${GRAPH}/17841400000000000/media`]: () => ({ json: { id: '180' } }),
		[`GET ${GRAPH}/180`]: onceBefore(
			() => ({ json: { id: '180', status_code: 'IN_PROGRESS' } }),
			() => ({ json: { id: '180', status_code: 'FINISHED' } }),
		),
		[INSTAGRAM_PUBLISH]: () => ({ json: { id: '190' } }),
	}),
	steps: [
		`GET ${GRAPH}/17841400000000000`,
		`POST ${GRAPH}/17841400000000000/media`,
		`GET ${GRAPH}/180`,
		`GET ${GRAPH}/180`,
		INSTAGRAM_PUBLISH,
	],
	check: `GET ${GRAPH}/17841400000000000`,
	publish: INSTAGRAM_PUBLISH,
	status: `GET ${GRAPH}/180`,
	sent(networks, { videoUrl }) {
		expect(networks.last(`POST ${GRAPH}/17841400000000000/media`).query).toMatchObject({
			media_type: 'REELS',
			video_url: videoUrl,
			caption: CAPTION,
		});
		expect(networks.last(INSTAGRAM_PUBLISH).query).toMatchObject({ creation_id: '180' });
	},
	ratio: '9:16',
	maker: 'Make the Reel',
};

const FACEBOOK_POST = 'POST https://graph-video.facebook.com/v23.0/1234/videos';
const facebook: PostingCase = {
	workflow: 'facebook-page-video',
	filling: { 'Check the Page': { node: '1234' } },
	answers: () => ({
		[`GET ${GRAPH}/1234`]: () => ({ json: { id: '1234', name: 'Corner Coffee' } }),
		[FACEBOOK_POST]: () => ({ json: { id: '555' } }),
	}),
	steps: [`GET ${GRAPH}/1234`, FACEBOOK_POST],
	check: `GET ${GRAPH}/1234`,
	publish: FACEBOOK_POST,
	sent(networks, { videoUrl }) {
		expect(networks.last(FACEBOOK_POST).query).toMatchObject({
			file_url: videoUrl,
			description: CAPTION,
		});
	},
	ratio: '16:9',
	maker: 'Make the Video',
};

const YOUTUBE = 'https://www.googleapis.com/youtube/v3/channels';
const YOUTUBE_UPLOAD = 'https://www.googleapis.com/upload/youtube/v3/videos';
const YOUTUBE_FILE = 'https://upload.youtube.example/file';
const youtube: PostingCase = {
	workflow: 'youtube-short',
	filling: {},
	form: { Title: 'The first cup of the day' },
	answers: () => ({
		[`GET ${YOUTUBE}`]: () => ({ json: { items: [{ id: 'UC1', snippet: { title: 'Coffee' } }] } }),
		[`POST ${YOUTUBE_UPLOAD}`]: () => ({ headers: { location: YOUTUBE_FILE }, json: {} }),
		[`PUT ${YOUTUBE_FILE}`]: () => ({ json: { id: 'yt-1' } }),
	}),
	steps: [`GET ${YOUTUBE}`, `POST ${YOUTUBE_UPLOAD}`, `PUT ${YOUTUBE_FILE}`],
	check: `GET ${YOUTUBE}`,
	publish: `PUT ${YOUTUBE_FILE}`,
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
const tiktok: PostingCase = {
	workflow: 'tiktok-video',
	filling: {},
	form: { 'Who Can Watch': 'SELF_ONLY' },
	answers: () => ({
		[`POST ${TIKTOK}/creator_info/query/`]: () => ({
			json: {
				data: { privacy_level_options: ['FOLLOWER_OF_CREATOR', 'SELF_ONLY'] },
				error: { code: 'ok', message: '' },
			},
		}),
		[`POST ${TIKTOK}/video/init/`]: () => ({
			json: {
				data: { publish_id: PUBLISH_ID, upload_url: `${TIKTOK_FILE}?upload_id=67890` },
				error: { code: 'ok', message: '' },
			},
		}),
		[`PUT ${TIKTOK_FILE}`]: () => ({ status: 201, text: '' }),
		[`POST ${TIKTOK}/status/fetch/`]: onceBefore(
			() => ({ json: { data: { status: 'PROCESSING_UPLOAD' }, error: { code: 'ok' } } }),
			() => ({ json: { data: { status: 'PUBLISH_COMPLETE' }, error: { code: 'ok' } } }),
		),
	}),
	steps: [
		`POST ${TIKTOK}/creator_info/query/`,
		`POST ${TIKTOK}/video/init/`,
		`PUT ${TIKTOK_FILE}`,
		`POST ${TIKTOK}/status/fetch/`,
		`POST ${TIKTOK}/status/fetch/`,
	],
	check: `POST ${TIKTOK}/creator_info/query/`,
	publish: `PUT ${TIKTOK_FILE}`,
	status: `POST ${TIKTOK}/status/fetch/`,
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
		expect(jsonOf(networks.last(`POST ${TIKTOK}/status/fetch/`))).toEqual({
			publish_id: PUBLISH_ID,
		});
	},
	ratio: '9:16',
	maker: 'Make the Video',
};

const LINKEDIN = 'https://api.linkedin.com';
const LINKEDIN_VIDEO = 'urn:li:video:C4E1';
const LINKEDIN_STATUS = `${LINKEDIN}/rest/videos/${encodeURIComponent(LINKEDIN_VIDEO)}`;
const LINKEDIN_FILE = 'https://www.linkedin.com/dms-uploads';
/** LinkedIn says where each part of a file goes; 4 MiB is its size in real life. */
function linkedInParts(fileSize: number) {
	const half = Math.floor(fileSize / 2);
	return [
		{ uploadUrl: `${LINKEDIN_FILE}/1`, firstByte: 0, lastByte: half - 1 },
		{ uploadUrl: `${LINKEDIN_FILE}/2`, firstByte: half, lastByte: fileSize - 1 },
	];
}
const LINKEDIN_PUBLISH = `POST ${LINKEDIN}/rest/posts`;
const linkedin: PostingCase = {
	workflow: 'linkedin-video',
	filling: {},
	answers: () => ({
		[`GET ${LINKEDIN}/v2/userinfo`]: () => ({ json: { sub: '782bbtaQ', name: 'Corner Coffee' } }),
		[`POST ${LINKEDIN}/rest/videos`]: (call) => {
			if (call.query.action === 'finalizeUpload') return { json: {} };
			const { initializeUploadRequest: asked } = jsonOf(call) as {
				initializeUploadRequest: { fileSizeBytes: number };
			};
			const uploadInstructions = linkedInParts(asked.fileSizeBytes);
			return { json: { value: { video: LINKEDIN_VIDEO, uploadToken: '', uploadInstructions } } };
		},
		[`PUT ${LINKEDIN_FILE}/1`]: () => ({ headers: { etag: 'part-1' }, text: '' }),
		[`PUT ${LINKEDIN_FILE}/2`]: () => ({ headers: { etag: 'part-2' }, text: '' }),
		[`GET ${LINKEDIN_STATUS}`]: onceBefore(
			() => ({ json: { id: LINKEDIN_VIDEO, status: 'PROCESSING' } }),
			() => ({ json: { id: LINKEDIN_VIDEO, status: 'AVAILABLE' } }),
		),
		[LINKEDIN_PUBLISH]: () => ({
			status: 201,
			headers: { 'x-restli-id': 'urn:li:share:7' },
			json: {},
		}),
	}),
	steps: [
		`GET ${LINKEDIN}/v2/userinfo`,
		`POST ${LINKEDIN}/rest/videos`,
		`PUT ${LINKEDIN_FILE}/1`,
		`PUT ${LINKEDIN_FILE}/2`,
		`POST ${LINKEDIN}/rest/videos`,
		`GET ${LINKEDIN_STATUS}`,
		`GET ${LINKEDIN_STATUS}`,
		LINKEDIN_PUBLISH,
	],
	check: `GET ${LINKEDIN}/v2/userinfo`,
	publish: LINKEDIN_PUBLISH,
	status: `GET ${LINKEDIN_STATUS}`,
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
	answers: () => ({
		[`POST ${TELEGRAM}/getChat`]: () => ({
			json: { ok: true, result: { id: -1001, type: 'channel', title: 'Corner Coffee' } },
		}),
		[TELEGRAM_SEND]: () => ({ json: { ok: true, result: { message_id: 12 } } }),
	}),
	steps: [`POST ${TELEGRAM}/getChat`, TELEGRAM_SEND],
	check: `POST ${TELEGRAM}/getChat`,
	publish: TELEGRAM_SEND,
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

export const networkCases = [instagram, facebook, youtube, tiktok, linkedin, telegram];
