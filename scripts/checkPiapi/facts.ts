/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { recordOf } from '../../nodes/Luma/piapi/json';
import * as tasks from '../../nodes/Luma/piapi/task';
import { LONGEST_LAG_SECONDS, type Evidence, type Paid } from './evidence';
import { at, HISTORY, type Answer } from './piapi';

const TASK_FIELDS =
	'task_id model task_type status input config meta.created_at meta.started_at meta.ended_at meta.usage.type meta.usage.frozen meta.usage.consume error.code error.message error.raw_message';
const VIDEOS =
	'video video.url video_raw.url generation.video.url video_url works.0.video.resource';
const BALANCES =
	'equivalent_in_usd quota.equivalent_in_usd wallet.point_remain credit_pack_info.available_credits';
const LIMITS = 'max_luma_concurrency max_concurrent_task_count';
const REASONS = 'error.message error.raw_message error.detail error detail logs';
const ISO_DATE = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/;
const ENDPOINT = 'config.webhook_config.endpoint';

/**
 * @param notSeen why this command cannot tell, if it cannot
 * @param check throws where the fact does not hold; may return what was seen, for the report
 */
function fact(name: string, notSeen: string | false, check: () => string | undefined | void): void {
	test(name, (t) => {
		if (notSeen !== false) return t.skip(notSeen);
		const seen = check();
		if (seen) t.diagnostic(`seen: ${seen}`);
	});
}

/** A word of PiAPI's as it may be shown: a short name, or only that it is something else. */
function shown(word: unknown): string {
	if (word === undefined) return 'nothing';
	return /^[\w./:-]{1,60}$/.test(String(word)) ? String(word) : `other (${typeof word})`;
}

const inShort = ({ status, body }: Answer) => `status ${status}, code ${shown(at(body, 'code'))}`;

const nullsOf = (record: object) =>
	Object.entries(record).flatMap(([name, value]) => (value === null ? [name] : []));

function demandNone(found: unknown[], what = 'missing'): void {
	assert.ok(found.length === 0, `${what}: ${[...new Set(found.map(shown))].join(', ')}`);
}

/** Every fact that this package takes for granted about PiAPI. What is shown is never the account's own. */
export function declareFacts(evidence: Evidence): void {
	declareAccountFacts(evidence);
	declareListFacts(evidence);
	declareTaskFacts(evidence);
	declarePaidFacts(evidence);
}

function declareAccountFacts({ account, activeTasks, good, refusals, answers }: Evidence): void {
	const isEnvelope = ({ body }: Answer) =>
		typeof at(body, 'code') === 'number' && typeof at(body, 'message') === 'string';
	const isRefusedAs = (name: keyof typeof refusals, code?: string) => () => {
		const { error, answer } = refusals[name];
		assert.ok(error && error.code === (code ?? error.code), inShort(answer));
		return inShort(answer);
	};

	fact('Envelope: An answer is { code: 200, data, message }', false, () => {
		const strange = good.filter((answer) => !isEnvelope(answer) || !at(answer.body, 'data'));
		assert.ok(strange.length === 0, strange.map(inShort).join('; '));
	});
	fact('Envelope: A refusal has a code other than 200, and a message', false, () => {
		const strange = Object.values(refusals).filter((one) => !one.error || !isEnvelope(one.answer));
		assert.ok(strange.length === 0, strange.map(({ answer }) => inShort(answer)).join('; '));
	});
	fact('Envelope: A wrong key is refused with 401', false, isRefusedAs('wrongKey', 'wrongKey'));
	fact('Account: Account info has id, name, plan, balance and limit', false, () =>
		demandNone(nullsOf(account)),
	);
	const there = (paths: string) =>
		paths.split(' ').filter((path) => at(good[0].body, `data.${path}`) !== undefined);
	fact('Account: Balance and limit stand in known fields', false, () => {
		const [balances, limits] = [there(BALANCES), there(LIMITS)];
		assert.ok(balances.length > 0 && limits.length > 0, 'none of them');
		return [...balances, ...limits].join(', ');
	});
	const points = Number(at(good[0].body, 'data.wallet.point_remain'));
	const perUsd = points / (account.balanceUsd || NaN);
	const hasNone = !(perUsd > 0) && 'the account has no balance to compare';
	fact('Account: 10,000,000 points are one US dollar', hasNone, () => {
		const isRight = Math.abs(perUsd / tasks.POINTS_PER_USD - 1) < 0.01;
		assert.ok(isRight, `${perUsd.toPrecision(2)} points a dollar`);
	});
	fact('Account: Active tasks are counted for each model, Luma among them', false, () =>
		demandNone(nullsOf(activeTasks)),
	);
	const isBadInput = isRefusedAs('badCreate', 'refusedInput');
	fact('Create: Bad input is refused with 400, and nothing is made', false, isBadInput);
	fact('Read: A task that is not known is refused', false, isRefusedAs('unknownTask'));
	const isUnknown = isRefusedAs('unknownCancel');
	fact('Cancel: Cancelling a task that is not known is refused', false, isUnknown);

	const names = new Set(answers.flatMap(({ headers }) => Object.keys(headers)));
	const limits = [...names].filter((name) => /rate-?limit|^retry-after$/.test(name));
	const among = `of ${answers.length} answers; headers: ${limits.map(shown).join(', ') || 'none'}`;
	const late = answers.filter(({ status }) => status === 429);
	const title = 'Too many requests are refused with 429, which says how long to wait';
	fact(`Requests: ${title}`, late.length === 0 && `no 429 ${among}`, () => {
		const hasWait = late.every(({ headers }) => Number(headers['retry-after']) >= 0);
		assert.ok(hasWait, `${late.length} with 429 ${among}`);
		return `${late.length} with 429 ${among}`;
	});
}

function declareListFacts({ answers, rows, createdAt, read, paid }: Evidence): void {
	const pages = answers.filter(({ path }) => path === HISTORY);
	const page = (size: number, number: number) =>
		pages.find(({ query }) => query.page_size === size && query.page === number);
	const entriesOf = (answer?: Answer) => {
		const entries = at(answer?.body, 'data.data');
		return Array.isArray(entries) ? entries.map(recordOf) : [];
	};
	const first = page(10, 1);
	const hundred = entriesOf(page(100, 1));
	const idOf = (row: Record<string, unknown>) => row.task_id ?? row.taskId;
	const timeOf = (row: Record<string, unknown>) =>
		Date.parse(String(row.created_at ?? row.createdAt));
	const none = rows.length === 0 && 'the account has no Luma tasks in its list';

	fact('History: The list has data, page, size and total, and keeps to page_size', false, () => {
		const data = recordOf(at(first?.body, 'data'));
		demandNone(['data', 'page', 'size', 'total'].filter((name) => data[name] === undefined));
		assert.ok(entriesOf(first).length <= 10, 'more rows');
	});
	fact('History: A page may have 100 rows', none, () => {
		const expected = Math.min(100, Number(at(first?.body, 'data.total')) || 0);
		assert.ok(hundred.length >= expected, `${hundred.length} rows`);
	});
	const isShort = !page(10, 2) && 'the account has no more than one page';
	fact('History: The second page goes on where the first one ends', isShort, () => {
		const ids = entriesOf(first).map(idOf);
		const again = entriesOf(page(10, 2)).filter((row) => ids.includes(idOf(row)));
		assert.equal(again.length, 0, `${again.length} rows again`);
	});
	fact('History: Its rows have the fields of the contract, in snake or camel case', none, () => {
		demandNone(rows.flatMap(nullsOf).filter((name) => name !== 'serviceMode'));
		return 'task_id' in rows[0].raw ? 'snake case' : 'camel case';
	});
	fact('History: model=luma lists tasks of Luma only', none, () => {
		const models = hundred.map((row) => row.task_model ?? row.taskModel);
		demandNone(
			models.filter((model) => !tasks.isLuma(model)),
			'others',
		);
	});
	fact('History: The newest task comes first', none, () => {
		const times = hundred.map(timeOf);
		assert.deepEqual(times, [...times].sort().reverse(), 'another order');
	});
	fact('History: start_time and end_time are unix seconds', none, () => {
		for (const answer of pages) {
			const { start_time: from = 0, end_time: until = Infinity } = answer.query;
			const times = entriesOf(answer).map(timeOf);
			const isOutside = (ms: number) =>
				ms < Number(from) * 1000 || ms >= (Number(until) + 1) * 1000;
			demandNone(times.filter(isOutside), 'outside');
			const isLimited = 'start_time' in answer.query || 'end_time' in answer.query;
			const hasOwn = times.includes(createdAt ?? NaN) || times.length === 100;
			assert.ok(hasOwn || !isLimited, 'a task within is missing');
		}
	});
	fact('History: A task that has ended in the list reads as ended in the same way', none, () => {
		const other = read.filter(({ row, task }) => tasks.isFinal(row) && row.status !== task.status);
		demandNone(
			other.map(({ row, task }) => `${row.status}/${task.status}`),
			'list/read',
		);
	});
	const isListed = (seconds?: number) => () => {
		assert.ok(seconds !== undefined, `not within ${LONGEST_LAG_SECONDS} s`);
		return `after ${seconds} s`;
	};
	const within = `within ${LONGEST_LAG_SECONDS} s`;
	fact(`History: A new task is in the list ${within}`, unpaid(paid), isListed(paid?.listedAfter));
	const ended = isListed(paid?.endListedAfter);
	fact(`History: The list shows the end of a task ${within}`, unended(paid), ended);
}

const unpaid = (paid?: Paid) => !paid && 'needs --pay';

const unended = (paid?: Paid) => unpaid(paid) || (!paid?.end && 'the video did not end in time');

function declareTaskFacts({ read, rows, paid, file }: Evidence): void {
	const seen = [...read.map(({ task }) => task), ...(paid?.end ? [paid.end] : [])];
	const completed = seen.filter(({ status }) => status === 'completed');
	const failed = seen.filter(({ status }) => status === 'failed');
	const none = (list: unknown[]) => list.length === 0 && (unended(paid) || 'none was found');

	fact('Task: A task has the fields of the contract', none(seen), () => {
		const paths = TASK_FIELDS.split(' ');
		demandNone(seen.flatMap(({ raw }) => paths.filter((path) => at(raw, path) === undefined)));
	});
	fact('Task: Every status word is known', none(seen), () => {
		const words = [...new Set([...rows, ...seen].map(({ raw }) => raw.status))];
		demandNone(
			words.filter((word) => tasks.knownStatus(word) === null),
			'others',
		);
		return words.map(shown).join(', ');
	});
	fact(
		'Task: A date is an ISO date, 0001-01-01T00:00:00Z while it is not there',
		none(seen),
		() => {
			const names = ['meta.created_at', 'meta.started_at', 'meta.ended_at'];
			const dates = seen.flatMap(({ raw }) => names.map((name) => String(at(raw, name))));
			demandNone(
				dates.filter((date) => !ISO_DATE.test(date)),
				'others',
			);
		},
	);
	fact('Task: A completed task has an error of zeros', none(completed), () => {
		const codes = completed.map(({ raw }) => at(raw, 'error.code'));
		demandNone(
			codes.filter((code) => code !== 0),
			'codes',
		);
	});
	const noFailure = failed.length === 0 && 'the list has no failed task';
	fact('Task: A failed task says why, and is not charged', noFailure, () => {
		const isFine = failed.every(({ failure, costUsd }) => failure !== '' && costUsd === 0);
		assert.ok(isFine, 'one without words, or charged');
	});
	fact('Task: The reason of a failed task stands in a known field', noFailure, () => {
		const hasText = (raw: object) => (path: string) => /\w/.test(String(at(raw, path) ?? ''));
		const places = failed.flatMap(({ raw }) => REASONS.split(' ').filter(hasText(raw)));
		assert.ok(places.length > 0, 'none of them');
		return [...new Set(places)].join(', ');
	});
	fact('Task: What a task costs is told in points', none(seen), () => {
		const units = [...new Set(seen.map(({ raw }) => shown(at(raw, 'meta.usage.type'))))];
		demandNone(
			units.filter((unit) => unit !== 'point' && unit !== 'llm'),
			'others',
		);
		return units.join(', ');
	});
	const short = completed.filter(({ duration }) => duration === 5);
	fact('Task: 5 seconds of video cost 2,000,000 points ($0.20)', none(short), () => {
		demandNone(short.map(({ costUsd }) => costUsd).filter((usd) => usd !== 0.2));
	});
	fact('Output: A completed task has its video in one of the known forms', none(completed), () => {
		const paths = completed.map(({ raw }) =>
			VIDEOS.split(' ').filter((path) => /^https?:/.test(String(at(raw.output, path)))),
		);
		assert.ok(
			paths.every(({ length }) => length > 0),
			'none of them',
		);
		return [...new Set(paths.flat())].join(', ');
	});
	const { host, status, type, bytes = Buffer.alloc(0) } = file ?? {};
	const isVideo = bytes.toString('latin1', 4, 8) === 'ftyp';
	const answer = `${shown(host)} answers ${status || 'nothing'}, ${shown(type)}`;
	// Links expire, so only that of a new video counts against it.
	const isOld = file && !isVideo && !paid?.end && `needs --pay: an older link, ${answer}`;
	const title = 'Links: The link of a video answers without the key, with a video';
	fact(title, isOld || (!file && unended(paid)), () => {
		assert.ok(isVideo, answer);
		return answer;
	});
	const noVideo = !isVideo && (unended(paid) || 'there is no video');
	fact('Links: The file of a video is an MP4 with a video track', noVideo, () => {
		const has = (handler: string) => bytes.includes(`hdlr${'\0'.repeat(8)}${handler}`, 0, 'latin1');
		assert.ok(has('vide'), 'none was found');
		const megabytes = (bytes.length / 1_000_000).toFixed(1);
		return `${has('soun') ? 'with' : 'without'} sound, ${megabytes} MB`;
	});
}

function declarePaidFacts({ paid, read }: Evidence): void {
	const isEchoed = (task?: tasks.Task) => () => {
		assert.ok(task?.webhookSecret, 'no secret');
		assert.ok(task.webhookSecret === paid?.secret, 'another secret');
		assert.equal(at(task.raw, ENDPOINT), '', 'the secret, but not the empty endpoint');
	};
	const { created, first, end } = paid ?? {};

	fact('Create: A create answers with a task under way, nothing made yet', unpaid(paid), () => {
		const { status, output } = created!.raw;
		const words = `status ${shown(status)}, output ${output === null ? 'null' : typeof output}`;
		assert.ok(!tasks.isFinal(created!) && created!.videoUrl === null, words);
		return words;
	});
	fact('Create: The input comes back as it was sent', unpaid(paid), () => {
		const echo = recordOf(created!.raw.input);
		const sent = Object.entries(paid!.input);
		demandNone(
			sent.flatMap(([name, value]) => (echo[name] === value ? [] : [name])),
			'another',
		);
	});
	const both = 'the empty endpoint and the secret';
	fact(`Echo: A create gives back ${both}`, unpaid(paid), isEchoed(created));
	fact(`Echo: A read gives back ${both}`, unpaid(paid), isEchoed(first));
	// An earlier task shows the same when it was ordered with an empty endpoint.
	const earlier = read.filter(({ task }) => task.webhookSecret && at(task.raw, ENDPOINT) === '');
	const isUnseen = earlier.length === 0 && unended(paid);
	fact('Echo: It still does when the task has ended', isUnseen, () => {
		if (end) isEchoed(end)();
		return end ? undefined : `in ${earlier.length} earlier tasks`;
	});
	fact('Read: A task can be read right after its create', unpaid(paid), () => {
		assert.ok(first, 'it is not known');
	});
	fact('Cancel: A task that has ended cannot be cancelled', unended(paid), () => {
		assert.ok(paid?.cancel, 'it was cancelled');
	});
	const untried = 'not tried: it could cost one more video';
	fact('Cancel: A pending task can be cancelled, and is not charged', untried, () => {});
	const unknown = 'Fields in the input that PiAPI does not know change no price';
	fact(`Create: ${unknown}`, untried, () => {});
	const uncalled = 'this command has no address that PiAPI can call';
	fact('Webhook: The body is labelled as JSON', uncalled, () => {});
}
