import { knownStatus, type Task } from '../../nodes/Luma/piapi/task';
import { at, fact, pathsIn } from './cases';
import type { Piapi } from './piapi';

const TASK_FIELDS =
	'task_id model task_type status input config meta.created_at meta.started_at meta.ended_at meta.usage.type meta.usage.frozen meta.usage.consume error.code';
const DATES = ['meta.created_at', 'meta.started_at', 'meta.ended_at'];
const VIDEOS =
	'video video.url video_raw.url generation.video.url video_url works.0.video.resource';
const REASONS = 'error.message error.raw_message error.detail error detail logs';
const ISO_DATE = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/;

/**
 * What a task looks like: the earlier ones that were read, and the one that was paid for.
 *
 * @param made the video that was paid for
 */
export function declareTaskFacts({ rows, read }: Piapi, made: Task | undefined): void {
	const seen = [...(made ? [made] : []), ...read.map(({ task }) => task)];

	fact('Task: A task has the fields of the contract', {
		of: () => seen.flatMap(({ raw }) => missingIn(raw)),
		holds: (name) => name === undefined,
		show: (name) => name ?? 'all of them',
	});
	fact('Task: Every status word is known', {
		of: () => [...rows, ...seen].map(({ raw }) => raw.status),
		holds: (word) => knownStatus(word) !== null,
	});
	fact('Task: A date is an ISO date, 0001-01-01T00:00:00Z while it is not there', {
		of: () => seen.flatMap(({ raw }) => DATES.map((name) => at(raw, name))),
		holds: (date) => ISO_DATE.test(String(date)),
	});
	fact('Task: What a task costs is told in points', {
		of: () => seen.map(({ raw }) => at(raw, 'meta.usage.type')),
		holds: (unit) => unit === 'point' || unit === 'llm',
	});
	declareFailureFacts(seen.filter(({ status }) => status === 'failed'));
	declareVideoFacts(
		seen.filter(({ status }) => status === 'completed'),
		made,
	);
}

function missingIn(raw: object): Array<string | undefined> {
	const missing = TASK_FIELDS.split(' ').filter((path) => at(raw, path) === undefined);
	return missing.length > 0 ? missing : [undefined];
}

function declareFailureFacts(failed: Task[]): void {
	fact('Task: A failed task says why, and is not charged', {
		of: () => failed,
		holds: ({ failure, costUsd }) => failure !== '' && costUsd === 0,
		show: ({ failure, costUsd }) => `${failure === '' ? 'no' : 'a'} reason, $${costUsd}`,
	});
	fact('Task: The reason of a failed task stands in a known field', {
		of: () => failed.map(({ raw }) => pathsIn(raw, REASONS)),
		holds: (places) => places.length > 0,
	});
}

function declareVideoFacts(completed: Task[], made: Task | undefined): void {
	fact('Task: A completed task has an error of zeros', {
		of: () => completed.map(({ raw }) => at(raw, 'error.code')),
		holds: (code) => code === 0,
	});
	fact('Task: 5 seconds of video cost 2,000,000 points ($0.20)', {
		of: () => completed.filter(({ duration }) => duration === 5),
		holds: ({ costUsd }) => costUsd === 0.2,
		show: ({ costUsd }) => `$${costUsd}`,
	});
	fact('Output: A completed task has its video in one of the known forms', {
		of: () => completed.map(({ raw }) => pathsIn(raw.output, VIDEOS)),
		holds: (places) => places.length > 0,
	});
	let file: Awaited<ReturnType<typeof readFile>> | undefined;
	fact('Links: The link of a video answers without the key, with a video', {
		of: async () => {
			const task = completed.find(({ videoUrl }) => videoUrl);
			file = task && (await readFile(task));
			// Links expire, so only that of a new video counts against it.
			return file && (file.isVideo || made) ? [file] : [];
		},
		holds: ({ isVideo }) => isVideo,
		show: ({ answer }) => answer,
		unseen: () => `needs --pay: ${file ? `an older link, ${file.answer}` : 'there is no link'}`,
	});
}

/** What a link answers without the key, and whether that is an MP4 with pictures. */
async function readFile({ videoUrl, duration }: Task) {
	const { host, href } = new URL(videoUrl!);
	const response = await fetch(href, { signal: AbortSignal.timeout(60_000) });
	const bytes = Buffer.from(await response.arrayBuffer());
	const hasTrack = (kind: string) => bytes.includes(`hdlr${'\0'.repeat(8)}${kind}`, 0, 'latin1');
	const isVideo = bytes.toString('latin1', 4, 8) === 'ftyp' && hasTrack('vide');
	const words = [
		`${host} answers ${response.status}`,
		response.headers.get('content-type') ?? 'no type',
		...(isVideo ? [pixelsOf(bytes), `${duration} s`] : []),
		`${hasTrack('soun') ? 'with' : 'without'} sound`,
		`${(bytes.length / 1_000_000).toFixed(1)} MB`,
	];
	return { isVideo, answer: words.join(', ') };
}

/** They end the header of the first track, as fixed-point numbers. */
function pixelsOf(mp4: Buffer): string {
	const start = mp4.indexOf('tkhd', 0, 'latin1') - 4;
	const end = start + mp4.readUInt32BE(start);
	return `${mp4.readUInt16BE(end - 8)} x ${mp4.readUInt16BE(end - 4)} pixels`;
}

export function declareUntried(): void {
	const untried = {
		'Cancel: A pending task can be cancelled, and is not charged': 'it could cost one more video',
		'Create: Fields in the input that PiAPI does not know change no price':
			'it could cost one more video',
		'Webhook: The body is labelled as JSON': 'there is no address that PiAPI can call',
	};
	for (const [title, why] of Object.entries(untried)) {
		fact(title, { of: () => [], holds: () => true, unseen: `not tried: ${why}` });
	}
}
