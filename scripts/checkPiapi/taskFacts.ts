import type { ClipError } from '../../nodes/Luma/mp4/boxes';
import { readClip } from '../../nodes/Luma/mp4/clip';
import { isFinal, knownStatus, type Task } from '../../nodes/Luma/piapi/task';
import { at, fact, missingIn, pathsIn } from './fact';
import { INPUT, type Paid } from './paidVideo';
import type { Piapi } from './piapi';

const TASK_FIELDS =
	'task_id model task_type status input config meta.created_at meta.started_at meta.ended_at meta.usage.type meta.usage.frozen meta.usage.consume error.code';
const DATES = ['meta.created_at', 'meta.started_at', 'meta.ended_at'];
const VIDEOS =
	'video video.url video_raw.url generation.video.url video_url works.0.video.resource';
const REASONS = 'error.message error.raw_message error.detail error detail logs';
const ISO_DATE = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/;

/** What a task looks like: the earlier ones that were read, and the one that was paid for. */
export function declareTaskFacts(rows: Piapi['rows'], seen: Task[]): void {
	const failed = seen.filter(({ status }) => status === 'failed');

	fact('Task: A task has the fields of the contract', /^complete$/, () =>
		seen.map(({ raw }) => missingIn(raw, TASK_FIELDS).join(', ') || 'complete'),
	);
	fact('Task: Every status word is known', /^(?!.*, not known)/, () =>
		[...rows, ...seen].map(({ raw: { status } }) =>
			knownStatus(status) ? status : `${String(status)}, not known`,
		),
	);
	fact('Task: A date is an ISO date, 0001-01-01T00:00:00Z while it is not there', ISO_DATE, () =>
		seen.flatMap(({ raw }) => DATES.map((name) => at(raw, name))),
	);
	fact('Task: What a task costs is told in points', /^(point|llm)$/, () =>
		seen.map(({ raw }) => at(raw, 'meta.usage.type')),
	);
	fact('Task: A failed task says why, and is not charged', /^a reason, \$0$/, () =>
		failed.map(({ failure, costUsd }) => `${failure === '' ? 'no' : 'a'} reason, $${costUsd}`),
	);
	fact('Task: The reason of a failed task stands in a known field', /./, () =>
		failed.map(({ raw }) => pathsIn(raw, REASONS)),
	);
}

export function declareVideoFacts(seen: Task[], isPaid: boolean): void {
	const completed = seen.filter(({ status }) => status === 'completed');

	fact('Task: A completed task has an error of zeros', /^0$/, () =>
		completed.map(({ raw }) => at(raw, 'error.code')),
	);
	fact('Task: 5 seconds of video cost 2,000,000 points ($0.20)', /^\$0\.2$/, () =>
		completed.filter(({ duration }) => duration === 5).map(({ costUsd }) => `$${costUsd}`),
	);
	fact('Output: A completed task has its video in one of the known forms', /./, () =>
		completed.map(({ raw }) => pathsIn(raw.output, VIDEOS)),
	);
	fact(
		'Links: The link of a video answers without the key, with a video',
		/ pixels, /,
		async () => {
			const task = completed.find(({ videoUrl }) => videoUrl);
			const answer = task && (await readFile(task));
			// Links expire, so only that of a new video counts against it.
			if (!isPaid && !answer?.includes(' pixels, '))
				return `needs --pay: ${answer ?? 'there is no link'}`;
			return answer ? [answer] : [];
		},
	);
}

/** What a link answers without the key; a size in pixels stands for a video as Join reads it. */
async function readFile({ videoUrl, duration }: Task): Promise<string> {
	const { host, href } = new URL(videoUrl!);
	const response = await fetch(href, { signal: AbortSignal.timeout(60_000) });
	const bytes = Buffer.from(await response.arrayBuffer());
	const type = response.headers.get('content-type') ?? 'no type';
	const size = `${(bytes.length / 1_000_000).toFixed(1)} MB`;
	return `${host} answers ${response.status}, ${type}, ${looksOf(bytes, duration)}, ${size}`;
}

function looksOf(bytes: Buffer, seconds: number | null): string {
	try {
		const { entries, kinds } = readClip(bytes);
		const sound = kinds.includes('soun') ? 'with sound' : 'without sound';
		return `${entries[0].size.join(' x ')} pixels, ${seconds} s, ${sound}`;
	} catch (error) {
		return (error as ClipError).message;
	}
}

export function declarePaidFacts(paid: Paid | undefined): void {
	const needsPay = (title: string, isSo: (one: Paid) => unknown) =>
		fact(title, /^yes$/, () => (paid ? [isSo(paid) ? 'yes' : 'no'] : 'needs --pay'));
	const isEchoed = (task?: Task) =>
		task?.webhookSecret === paid?.secret && at(task?.raw, 'config.webhook_config.endpoint') === '';

	needsPay(
		'Create: A create answers with a task under way, nothing made yet',
		({ created }) => !isFinal(created) && created.videoUrl === null,
	);
	needsPay('Create: The input comes back as it was sent', ({ created }) =>
		Object.entries(INPUT).every(([name, value]) => at(created.raw, `input.${name}`) === value),
	);
	needsPay('Read: A task can be read right after its create', ({ first }) => first);
	needsPay('Echo: A create gives back the empty endpoint and the secret', ({ created }) =>
		isEchoed(created),
	);
	needsPay('Echo: A read gives back the empty endpoint and the secret', ({ first }) =>
		isEchoed(first),
	);
	needsPay('Echo: It still does when the task has ended', ({ end }) => isEchoed(end));
	needsPay('Task: A task ends in a quarter of an hour', ({ end }) => end);
	needsPay('History: A new task is in the list within 60 s', ({ listed }) => listed);
	needsPay('History: The list shows the end of a task within 60 s', ({ endListed }) => endListed);
	needsPay('Cancel: A task that has ended cannot be cancelled', ({ refusal }) => refusal);
}

/** What this command cannot try, and why. */
export function declareUntried(): void {
	const untried = (title: string, why: string) => fact(title, /./, () => `not tried: ${why}`);
	const isPaid = 'it could cost one more video';
	untried('Cancel: A pending task can be cancelled, and is not charged', isPaid);
	untried('Create: Fields in the input that PiAPI does not know change no price', isPaid);
	untried('Webhook: The body is labelled as JSON', 'there is no address that PiAPI can call');
}
