import type { Evidence } from '../evidence';
import { holdsIf, inShort, NEEDS_PAY, shown, unpaid, type Fact, type Outcome } from '../fact';
import type { Life, Paid } from '../paid';
import { at, textAt } from '../path';
import { hasEnded, statusOf, videoOf } from '../reading';

const SECRET = 'config.webhook_config.secret';
const ENDPOINT = 'config.webhook_config.endpoint';
const NOTHING_YET = ['pending', 'staged', 'processing'];

/** Compares what came back of `config` with what was sent. */
function echoOf(task: unknown, { order }: Paid): Outcome {
	const secret = textAt(task, SECRET);
	if (at(task, 'config') === undefined) return { kind: 'differs', seen: 'no config' };
	if (secret === '') return { kind: 'differs', seen: 'no secret' };
	if (secret !== order.config.webhook_config.secret) {
		return { kind: 'differs', seen: 'another secret' };
	}
	const isEmpty = at(task, ENDPOINT) === '';
	return holdsIf(isEmpty, isEmpty ? 'both as sent' : 'the secret, but not the empty endpoint');
}

/** An earlier task that shows the same: it was ordered with an empty endpoint and has a secret. */
function earlierEcho({ tasks }: Evidence): Outcome | undefined {
	const echoed = tasks.filter(
		({ task }) => hasEnded(task) && textAt(task, SECRET) !== '' && at(task, ENDPOINT) === '',
	);
	if (echoed.length === 0) return undefined;
	return { kind: 'holds', seen: `in ${echoed.length} earlier tasks` };
}

function ofPaid(judge: (paid: Paid) => Outcome): Fact['check'] {
	return ({ paid }) => (paid ? judge(paid) : NEEDS_PAY);
}

/** Judges a paid video that got a task id. */
function ofLife(judge: (life: Life, paid: Paid) => Outcome): Fact['check'] {
	return (evidence) => {
		const { paid } = evidence;
		return paid?.life ? judge(paid.life, paid) : unpaid(evidence);
	};
}

export const echoFacts: Fact[] = [
	{
		id: 'createAnswer',
		topic: 'Create',
		title: 'A create answers with the task, under way, with nothing made yet',
		check: ofPaid(({ created }) => {
			if (textAt(created.body, 'data.task_id') === '') {
				return { kind: 'differs', seen: inShort(created) };
			}
			const task = at(created.body, 'data');
			const status = statusOf(task);
			const isFine = NOTHING_YET.includes(status) && videoOf(task) === undefined;
			const output = at(task, 'output') === null ? 'null' : typeof at(task, 'output');
			return holdsIf(isFine, `status ${shown(status)}, output ${output}`);
		}),
	},
	{
		id: 'inputEcho',
		topic: 'Create',
		title: 'The input comes back as it was sent',
		check: ofPaid(({ created, order }) => {
			if (at(created.body, 'data.input') === undefined) {
				return { kind: 'differs', seen: 'no input' };
			}
			const changed = Object.entries(order.input).filter(
				([name, value]) => at(created.body, `data.input.${name}`) !== value,
			);
			if (changed.length === 0) return { kind: 'holds' };
			return { kind: 'differs', seen: `another ${changed.map(([name]) => name).join(', ')}` };
		}),
	},
	{
		id: 'createEcho',
		topic: 'Echo',
		title: 'A create gives back the empty endpoint and the secret',
		check: ofPaid((paid) => echoOf(at(paid.created.body, 'data'), paid)),
	},
	{
		id: 'readEcho',
		topic: 'Echo',
		title: 'A read gives back the empty endpoint and the secret',
		check: ofLife(({ first }, paid) => echoOf(at(first.body, 'data'), paid)),
	},
	{
		id: 'echoAtEnd',
		topic: 'Echo',
		title: 'It still does when the task has ended',
		check: (evidence) => {
			const { paid } = evidence;
			const end = paid?.life?.end;
			if (paid && end) return echoOf(at(end.answer.body, 'data'), paid);
			return earlierEcho(evidence) ?? unpaid(evidence);
		},
	},
	{
		id: 'readAfterCreate',
		topic: 'Read',
		title: 'A task can be read right after its create',
		check: ofLife(({ first }) => {
			const isThere = first.status === 200 && statusOf(at(first.body, 'data')) !== '';
			return holdsIf(isThere, inShort(first));
		}),
	},
	{
		id: 'cancelEnded',
		topic: 'Cancel',
		title: 'A task that has ended cannot be cancelled',
		check: (evidence) => {
			const cancel = evidence.paid?.life?.end?.cancel;
			if (!cancel) return unpaid(evidence);
			return holdsIf(cancel.status !== 200 || at(cancel.body, 'code') !== 200, inShort(cancel));
		},
	},
	{
		id: 'cancelPending',
		topic: 'Cancel',
		title: 'A pending task can be cancelled, and is not charged',
		check: () => ({ kind: 'notSeen', why: 'not tried: it could cost one more video' }),
	},
];
