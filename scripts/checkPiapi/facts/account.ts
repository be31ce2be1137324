import type { Answer } from '../client';
import { holdsIf, holdsWithAll, inShort, notSeen, shown, type Fact } from '../fact';
import { at, missingFrom, textAt } from '../path';

const POINTS_PER_USD = 10_000_000;

function isEnvelope({ body }: Answer): boolean {
	return typeof at(body, 'code') === 'number' && typeof at(body, 'message') === 'string';
}

function isRefusal(answer: Answer): boolean {
	return at(answer.body, 'code') !== 200 || answer.status !== 200;
}

/** A refusal may be told by the status or, with status 200, by the code. */
function isRefusalWith(code: number, answer: Answer): boolean {
	return answer.status === code || at(answer.body, 'code') === code;
}

/** Nothing else can be asked without a key. */
export function isRefusedKey(answer: Answer): boolean {
	return isRefusalWith(401, answer);
}

export const accountFacts: Fact[] = [
	{
		id: 'envelope',
		topic: 'Envelope',
		title: 'An answer is { code: 200, data, message }',
		check: ({ account, history, activeTasks }) => {
			const answers = [account, activeTasks, history.first];
			const strange = answers.filter(
				(answer) => !isEnvelope(answer) || isRefusal(answer) || !at(answer.body, 'data'),
			);
			return holdsIf(strange.length === 0, inShort(strange[0] ?? account));
		},
	},
	{
		id: 'refusal',
		topic: 'Envelope',
		title: 'A refusal has a code other than 200, and a message',
		check: ({ wrongKey, unknownTask, badCreate }) => {
			const answers = [wrongKey, unknownTask, badCreate];
			const strange = answers.filter((answer) => !isEnvelope(answer) || !isRefusal(answer));
			return holdsIf(strange.length === 0, [...new Set(answers.map(inShort))].join('; '));
		},
	},
	{
		id: 'wrongKey',
		topic: 'Envelope',
		title: 'A wrong key is refused with 401',
		check: ({ wrongKey }) => holdsIf(isRefusalWith(401, wrongKey), inShort(wrongKey)),
	},
	{
		id: 'accountInfo',
		topic: 'Account',
		title: 'Account info has id, name, plan, balance, limit and wallet',
		check: ({ account }) => {
			const { body } = account;
			const either = (one: string, other: string) =>
				missingFrom(body, [`data.${one}`, `data.${other}`]).length < 2 ? [] : [one];
			const rest = ['plan', 'max_concurrent_task_count', 'is_enable', 'wallet.point_remain'];
			return holdsWithAll([
				...either('account_id', 'id'),
				...either('account_name', 'name'),
				...(typeof at(body, 'data.equivalent_in_usd') === 'number' ? [] : ['equivalent_in_usd']),
				...rest.filter((path) => at(body, `data.${path}`) === undefined),
			]);
		},
	},
	{
		id: 'pointsPerUsd',
		topic: 'Account',
		title: '10,000,000 points are one US dollar',
		check: ({ account }) => {
			const usd = Number(at(account.body, 'data.equivalent_in_usd'));
			const points = Number(at(account.body, 'data.wallet.point_remain'));
			if (!(usd > 0.01 && points > 0)) return notSeen('the account has no balance to compare');
			const perUsd = points / usd;
			const isRight = Math.abs(perUsd / POINTS_PER_USD - 1) < 0.01;
			if (isRight) return { kind: 'holds' };
			return { kind: 'differs', seen: `${perUsd.toPrecision(2)} points a dollar` };
		},
	},
	{
		id: 'activeTasks',
		topic: 'Account',
		title: 'Active tasks are counted for each model, Luma among them',
		check: ({ activeTasks }) => {
			const names = ['staged_count', 'pending_count', 'processing_count', 'active_tasks'];
			return holdsWithAll(
				missingFrom(
					activeTasks.body,
					names.map((name) => `data.luma.${name}`),
				),
			);
		},
	},
	{
		id: 'badInput',
		topic: 'Create',
		title: 'Bad input is refused with 400, and nothing is made',
		check: ({ badCreate }) => {
			const isMade = textAt(badCreate.body, 'data.task_id') !== '';
			const seen = `${inShort(badCreate)}${isMade ? ', with a task id' : ''}`;
			return holdsIf(isRefusalWith(400, badCreate) && !isMade, seen);
		},
	},
	{
		id: 'unknownTask',
		topic: 'Read',
		title: 'A task that is not known is refused',
		check: ({ unknownTask }) => holdsIf(isRefusal(unknownTask), inShort(unknownTask)),
	},
	{
		id: 'unknownCancel',
		topic: 'Cancel',
		title: 'Cancelling a task that is not known is refused',
		check: ({ unknownCancel }) =>
			holdsIf(isEnvelope(unknownCancel) && isRefusal(unknownCancel), inShort(unknownCancel)),
	},
	{
		id: 'tooManyRequests',
		topic: 'Requests',
		title: 'Too many requests are refused with 429, which says how long to wait',
		check: ({ answers }) => {
			const names = new Set(answers.flatMap(({ headers }) => Object.keys(headers)));
			const limits = [...names].filter((name) => /rate-?limit|^retry-after$/.test(name));
			const seen = `of ${answers.length} answers; headers: ${limits.map(shown).join(', ') || 'none'}`;
			const refused = answers.filter(({ status }) => status === 429);
			if (refused.length === 0) return notSeen(`no 429 ${seen}`);
			const hasWait = refused.every(({ headers }) => Number(headers['retry-after']) >= 0);
			return holdsIf(hasWait, `${refused.length} with 429 ${seen}`);
		},
	},
];
