import { usd } from '../../messages/usd';
import type { Asked } from './spendingLimit';

/** What was asked for, as a part of a sentence. */
export function askedFor({ type, usd: amount }: Asked): string {
	return type === 'video'
		? `this video costs about ${usd(amount)}`
		: `the videos of this run up to this one would cost about ${usd(amount)} more`;
}

/** What has not happened, and where a run has several videos, how to get those that fit. */
export function notCreated({ type }: Asked): string {
	return type === 'video'
		? 'Nothing was created for this item.'
		: "Nothing more was created. To get the videos that fit, set 'On Error' to continue.";
}

const MINUTE_MS = 60_000;

/** To the minute, in UTC. */
export function minuteOf(at: number): string {
	return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** A stretch of time in hours and minutes. */
export function stretchOf(milliseconds: number): string {
	const minutes = Math.max(1, Math.round(milliseconds / MINUTE_MS));
	const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
	return [hours > 0 && `${hours} h`, rest > 0 && `${rest} min`].filter(Boolean).join(' ');
}
