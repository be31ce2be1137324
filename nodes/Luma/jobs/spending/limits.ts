import { randomUUID } from 'node:crypto';

import { usd } from '../../messages/items';
import { timeOf } from '../../messages/remedies';
import type { CreateTaskBody, PiapiClient } from '../../piapi/client';
import { PiapiError } from '../../piapi/errors';
import type { DailySetting } from './accountSpending';
import type { Ledger } from './ledger';
import { sumUsd } from './price';

/** What limits the spending of a run; US dollars, 0 = no limit. */
export interface SpendingSettings {
	maxSpendUsd: number;
	keepBalanceUsd: number;
	daily?: DailySetting;
}

/** What is asked for: one video, or all that a run has left up to the one in question. */
interface Asked {
	videos: number;
	costUsd: number;
}

type UnknownCode = 'spendingUnknown' | 'balanceUnknown';

/** A limit is room: it lets through what costs no more than that. */
interface SpendingLimit {
	/** The error when there is not enough room. */
	code: 'spendLimit' | 'balanceLimit' | 'dailyLimit';
	/** US dollars that may still be spent. */
	roomUsd: () => number;
	/** Why there is not enough room, and what to do. */
	remedy: (asked: Asked) => string;
	/** The error when it cannot be read what was spent: nothing may be created then. */
	unknown?: UnknownCode;
	/** Reads it; free. `leastUsd`: what the cheapest video costs that is asked for. */
	read?: (leastUsd: number) => Promise<void>;
}

/** 'Max Spend (USD)': what the node may spend in one execution. Runs of the node can go on at once. */
function maxSpend(limitUsd: number, ledger: Ledger): SpendingLimit {
	const spentUsd = () => sumUsd(ledger.costsUsd);
	return {
		code: 'spendLimit',
		roomUsd: () => sumUsd([limitUsd, -spentUsd()]),
		remedy: (asked) =>
			`This execution has spent ${usd(spentUsd())}, ${askedFor(asked)}, and the limit is ${usd(limitUsd)}. ${notCreated(asked)} Raise 'Max Spend (USD)' in the options, or use fewer items.`,
	};
}

/** 'Keep Balance Above (USD)': what has to remain of the balance, without what was created since it was read. */
function keptBalance(keepUsd: number, ledger: Ledger, piapi: PiapiClient): SpendingLimit {
	const spentUsd = () => sumUsd(ledger.costsUsd);
	let balanceUsd = 0;
	let spentBeforeUsd = 0;
	const leftUsd = () => sumUsd([balanceUsd, -Math.max(0, spentUsd() - spentBeforeUsd)]);
	return {
		code: 'balanceLimit',
		roomUsd: () => sumUsd([leftUsd(), -keepUsd]),
		remedy: (asked) =>
			`Your balance is ${usd(leftUsd())} with what this run has created taken off, ${askedFor(asked)}, and ${usd(keepUsd)} are to remain. ${notCreated(asked)} Top up at app.piapi.ai (Billing), or lower 'Keep Balance Above (USD)' in the options.`,
		unknown: 'balanceUnknown',
		read: async () => {
			const spentUntilUsd = spentUsd();
			const account = await piapi.account();
			if (account.balanceUsd === null) throw new PiapiError('balanceUnknown');
			[balanceUsd, spentBeforeUsd] = [account.balanceUsd, spentUntilUsd];
		},
	};
}

/** 'Daily Spending Limit (USD)' of the credential: what its account may spend in 24 hours. */
function dailyLimit({ limitUsd, spending }: DailySetting, piapi: PiapiClient): SpendingLimit {
	const roomUsd = () => sumUsd([limitUsd, -spending.spentUsd]);
	const roomAgain = ({ costUsd }: Asked) => {
		const at = spending.timeBelow(sumUsd([limitUsd, -costUsd]));
		if (at === undefined) return 'It never leaves room for that much.';
		return `There is room again in ${stretchOf(at - spending.now)} (${timeOf(at)}).`;
	};
	return {
		code: 'dailyLimit',
		roomUsd,
		remedy: (asked) =>
			`The Luma videos of this PiAPI account have cost ${usd(spending.spentUsd)} since ${timeOf(spending.since)} (24 hours), ${askedFor(asked)}, and the limit is ${usd(limitUsd)}. ${roomAgain(asked)} ${notCreated(asked)} 'Daily Spending Limit (USD)' is in the PiAPI credential.`,
		unknown: 'spendingUnknown',
		read: async (leastUsd) => {
			// Where the last read left no room, the next moments need none.
			if (!spending.isFresh || roomUsd() >= leastUsd) await spending.refresh(piapi);
		},
	};
}

/** What the limits say before anything is created. */
export interface CheckedLimits {
	/** US dollars that the daily limit leaves; null without one, or when it is not known. */
	dailyRoomUsd: number | null;
	/** Why not all of it would be created. */
	refusal?: PiapiError;
}

/** All limits of a run, the cheapest to check first: what one of them has no room for is not created. */
export class SpendingLimits {
	private readonly limits: SpendingLimit[];

	/** Names what this run still wants to create in the book that executions share. */
	private readonly planId = randomUUID();

	constructor(
		private readonly settings: SpendingSettings,
		private readonly ledger: Ledger,
		piapi: PiapiClient,
	) {
		const { maxSpendUsd, keepBalanceUsd, daily } = settings;
		this.limits = [
			...(maxSpendUsd > 0 ? [maxSpend(maxSpendUsd, ledger)] : []),
			...(keepBalanceUsd > 0 ? [keptBalance(keepBalanceUsd, ledger, piapi)] : []),
			...(daily ? [dailyLimit(daily, piapi)] : []),
		];
	}

	/** Whether there is any limit. */
	get areSet(): boolean {
		return this.limits.length > 0;
	}

	/**
	 * Reads what the limits have to know; free.
	 *
	 * @returns why it is not known, so that none of these may be created
	 */
	async prepare(bodies: CreateTaskBody[]): Promise<PiapiError | undefined> {
		const leastUsd = Math.min(...bodies.map((body) => this.ledger.priceUsd(body)));
		const reads = this.limits.map(async ({ unknown, read }) => {
			return await read?.(leastUsd).catch((cause: unknown) => unknownBecause(unknown, cause));
		});
		return (await Promise.all(reads)).find((error) => error instanceof PiapiError);
	}

	/** Why these cannot be created together, by what is known at this moment; undefined when they can. */
	refusal(bodies: CreateTaskBody[]): PiapiError | undefined {
		const asked = { videos: bodies.length, costUsd: this.costUsd(bodies) };
		const limit = this.limits.find(({ roomUsd }) => roomUsd() < asked.costUsd);
		return limit && new PiapiError(limit.code, { remedy: limit.remedy(asked) });
	}

	/** From here on other executions leave the room for these, and only these, under the daily limit. */
	plan(bodies: CreateTaskBody[]): void {
		if (bodies.length === 0) this.settings.daily?.spending.release(this.planId);
		else this.settings.daily?.spending.reserve(this.planId, this.costUsd(bodies));
	}

	private costUsd(bodies: CreateTaskBody[]): number {
		return sumUsd(bodies.map((body) => this.ledger.priceUsd(body)));
	}

	/** Whether these could be created now, all together; free. */
	async check(bodies: CreateTaskBody[]): Promise<CheckedLimits> {
		const unknown = await this.prepare(bodies);
		const daily = this.limits.find(({ code }) => code === 'dailyLimit');
		const dailyRoomUsd = daily && !unknown ? Math.max(0, daily.roomUsd()) : null;
		return { dailyRoomUsd, refusal: unknown ?? this.refusal(bodies) };
	}
}

/** A key that PiAPI does not accept, and a run that was stopped, are told as what they are. */
function unknownBecause(code: UnknownCode | undefined, cause: unknown): PiapiError {
	if (!(cause instanceof PiapiError) || !code) throw cause;
	if ([code, 'wrongKey', 'stopped'].includes(cause.code)) return cause;
	const remedy = `${cause.message}. ${new PiapiError(code).remedy}`;
	return new PiapiError(code, { ...cause.details, remedy });
}

/** What was asked for, as a part of a sentence. */
function askedFor({ videos, costUsd }: Asked): string {
	return videos === 1
		? `this video costs about ${usd(costUsd)}`
		: `the videos of this run up to this one would cost about ${usd(costUsd)} more`;
}

/** What has not happened, and where a run has several videos, how to get those that fit. */
function notCreated({ videos }: Asked): string {
	return videos === 1
		? 'Nothing was created for this item.'
		: "Nothing more was created. To get the videos that fit, set 'On Error' to continue.";
}

/** A stretch of time in hours and minutes. */
function stretchOf(milliseconds: number): string {
	const minutes = Math.max(1, Math.round(milliseconds / 60_000));
	const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
	return [hours > 0 && `${hours} h`, rest > 0 && `${rest} min`].filter(Boolean).join(' ');
}
