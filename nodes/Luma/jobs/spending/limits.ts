import { createHash } from 'node:crypto';
import { NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';

import { shortened, usd } from '../../messages/items';
import type { CreateTaskBody, PiapiClient } from '../../piapi/client';
import { credentialOf } from '../../piapi/credential';
import { PiapiError } from '../../piapi/errors';
import { systemClock } from '../../runtime/clock';
import { processMemory } from '../../runtime/memory';
import { AccountSpending } from './accountSpending';
import { Ledger } from './ledger';
import { amountOf, kindOf, listPriceUsd, MAX_LIMIT_USD, sumUsd } from './price';

/** What limits the spending of a run; US dollars, 0 = no limit. */
export interface SpendingSettings {
	maxSpendUsd: number;
	keepBalanceUsd: number;
	daily?: DailySetting;
}

/** The limit of a credential, and what its account has spent. */
export interface DailySetting {
	/** US dollars in 24 hours. */
	limitUsd: number;
	/** Shared by all executions of this process. */
	spending: AccountSpending;
}

type Prices = Pick<Ledger, 'costsUsd' | 'actualPriceUsd'>;

/** What is asked for: one video, or all that a run has left up to the one in question. */
interface Asked {
	type: 'video' | 'run';
	costUsd: number;
}

type UnknownCode = 'spendingUnknown' | 'balanceUnknown';

/** A limit is room: it lets through what costs no more than that. */
interface SpendingLimit {
	/** The error when there is not enough room. */
	code: 'spendLimit' | 'balanceLimit' | 'dailyLimit';
	/** US dollars that may still be spent. */
	roomUsd: () => number;
	/** What to do when there is not enough room. */
	remedy: (asked: Asked) => string;
	/** What has to be read before something is created; free. */
	source?: {
		/** The error when it cannot be read: nothing may be created then. */
		code: UnknownCode;
		/**
		 * @param leastUsd US dollars of the cheapest video that is asked for
		 * @throws PiapiError when it cannot be read
		 */
		read: (leastUsd: number) => Promise<undefined>;
	};
}

/** 'Max Spend (USD)': what the node may spend in one execution. */
function maxSpend(limitUsd: number, ledger: Prices): SpendingLimit {
	// Runs of the node can go on at once.
	const spentUsd = () => sumUsd(ledger.costsUsd);
	return {
		code: 'spendLimit',
		roomUsd: () => sumUsd([limitUsd, -spentUsd()]),
		remedy: (asked) =>
			`This execution has spent ${usd(spentUsd())}, ${askedFor(asked)}, and the limit is ${usd(limitUsd)}. ${notCreated(asked)} Raise 'Max Spend (USD)' in the options, or use fewer items.`,
	};
}

/** 'Keep Balance Above (USD)': what has to remain of the balance. */
function keptBalance(keepUsd: number, ledger: Prices, piapi: PiapiClient): SpendingLimit {
	const spentUsd = () => sumUsd(ledger.costsUsd);
	let balanceUsd = 0;
	let spentBeforeUsd = 0;
	/** The balance without what the execution has created since it was read. */
	const leftUsd = () => sumUsd([balanceUsd, -Math.max(0, spentUsd() - spentBeforeUsd)]);
	const read = async (): Promise<undefined> => {
		const spentUntilUsd = spentUsd();
		const account = await piapi.account();
		if (account.balanceUsd === null) throw new PiapiError('balanceUnknown');
		balanceUsd = account.balanceUsd;
		spentBeforeUsd = spentUntilUsd;
	};
	return {
		code: 'balanceLimit',
		roomUsd: () => sumUsd([leftUsd(), -keepUsd]),
		remedy: (asked) =>
			`Your balance is ${usd(leftUsd())} with what this run has created taken off, ${askedFor(asked)}, and ${usd(keepUsd)} are to remain. ${notCreated(asked)} Top up at app.piapi.ai (Billing), or lower 'Keep Balance Above (USD)' in the options.`,
		source: { code: 'balanceUnknown', read },
	};
}

/** 'Daily Spending Limit (USD)' of the credential: what its account may spend in 24 hours. */
function dailyLimit({ limitUsd, spending }: DailySetting, piapi: PiapiClient): SpendingLimit {
	const roomUsd = () => sumUsd([limitUsd, -spending.spentUsd]);
	return {
		code: 'dailyLimit',
		roomUsd,
		remedy: (asked) => {
			const at = spending.timeBelow(sumUsd([limitUsd, -asked.costUsd]));
			const roomAgain =
				at === undefined
					? 'It never leaves room for that much.'
					: `There is room again in ${stretchOf(at - spending.now)} (${minuteOf(at)}).`;
			return `The Luma videos of this PiAPI account have cost ${usd(spending.spentUsd)} since ${minuteOf(spending.since)} (24 hours), ${askedFor(asked)}, and the limit is ${usd(limitUsd)}. ${roomAgain} ${notCreated(asked)} 'Daily Spending Limit (USD)' is in the PiAPI credential.`;
		},
		source: {
			code: 'spendingUnknown',
			read: async (leastUsd): Promise<undefined> => {
				// Where the last read left no room, the next moments need none.
				if (spending.isFresh && roomUsd() < leastUsd) return;
				await spending.refresh(piapi);
			},
		},
	};
}

/** The limits of a run, the cheapest to check first. */
export function limitsOf(
	{ maxSpendUsd, keepBalanceUsd, daily }: SpendingSettings,
	ledger: Prices,
	piapi: PiapiClient,
): SpendingLimits {
	const limits = [
		maxSpendUsd > 0 && maxSpend(maxSpendUsd, ledger),
		keepBalanceUsd > 0 && keptBalance(keepBalanceUsd, ledger, piapi),
		daily && dailyLimit(daily, piapi),
	];
	return new SpendingLimits(
		limits.filter((limit) => typeof limit === 'object'),
		ledger,
	);
}

/** All limits of a run: what one of them has no room for is not created. */
export class SpendingLimits {
	constructor(
		private readonly limits: SpendingLimit[],
		private readonly ledger: Prices,
	) {}

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
		const leastUsd = Math.min(...bodies.map((body) => this.priceOf(body)));
		const errors = await Promise.all(
			this.limits.map(async ({ source }) => {
				return await source
					?.read(leastUsd)
					.catch((cause: unknown) => unknownBecause(source.code, cause));
			}),
		);
		return errors.find((error) => error !== undefined);
	}

	/** Why these cannot be created together; undefined when they can. */
	refusal(type: Asked['type'], bodies: CreateTaskBody[]): PiapiError | undefined {
		const costUsd = sumUsd(bodies.map((body) => this.priceOf(body)));
		const limit = this.limits.find(({ roomUsd }) => roomUsd() < costUsd);
		return limit && new PiapiError(limit.code, { remedy: limit.remedy({ type, costUsd }) });
	}

	/** Whether tasks of this kind can be counted at PiAPI's own price. */
	knowsPriceOf(body: CreateTaskBody): boolean {
		return this.ledger.actualPriceUsd(kindOf(body)) !== undefined;
	}

	/** US dollars that the daily limit leaves; null without one. */
	dailyRoomUsd(): number | null {
		const daily = this.limits.find(({ code }) => code === 'dailyLimit');
		return daily ? Math.max(0, daily.roomUsd()) : null;
	}

	/** What a task will cost: what PiAPI took for the latest one of its kind, else the list price. */
	private priceOf(body: CreateTaskBody): number {
		return this.ledger.actualPriceUsd(kindOf(body)) ?? listPriceUsd(body);
	}
}

/** A key that PiAPI does not accept, and a run that was stopped, are told as what they are. */
function unknownBecause(code: UnknownCode, cause: unknown): PiapiError {
	if (!(cause instanceof PiapiError)) throw cause;
	if ([code, 'wrongKey', 'stopped'].includes(cause.code)) return cause;
	const remedy = `${cause.message}. ${new PiapiError(code).remedy}`;
	return new PiapiError(code, { ...cause.details, remedy });
}

/** What the limits say before anything is created. */
export interface CheckedLimits {
	/** US dollars that the daily limit leaves; null without one, or when it is not known. */
	dailyRoomUsd: number | null;
	/** Why not all of it would be created. */
	refusal?: PiapiError;
}

/** Asks the limits whether these could be created now, all together; free. */
export async function checkLimits(
	settings: SpendingSettings,
	bodies: CreateTaskBody[],
	piapi: PiapiClient,
): Promise<CheckedLimits> {
	const limits = limitsOf(settings, new Ledger({}, 0, settings.daily?.spending), piapi);
	const unknown = await limits.prepare(bodies);
	if (unknown) return { dailyRoomUsd: null, refusal: unknown };
	const refusal = limits.refusal(bodies.length === 1 ? 'video' : 'run', bodies);
	return { dailyRoomUsd: limits.dailyRoomUsd(), refusal };
}

/**
 * The daily limit of the node's credential; undefined when it has none.
 *
 * @throws NodeOperationError when the limit is not an amount
 */
export async function dailyLimitOf(context: IExecuteFunctions): Promise<DailySetting | undefined> {
	const { apiKey, baseUrl, dailyLimitUsd } = await credentialOf(context);
	const limitUsd = amountOf(dailyLimitUsd);
	if (limitUsd === undefined) {
		throw new NodeOperationError(
			context.getNode(),
			`'Daily Spending Limit (USD)' in the PiAPI credential cannot be “${shortened(dailyLimitUsd)}”`,
			{
				description: `Enter an amount in US dollars such as 5 or 2.50, up to ${MAX_LIMIT_USD}, or 0 for no limit. Nothing was sent to PiAPI.`,
				level: 'warning',
			},
		);
	}
	if (limitUsd === 0) return undefined;
	const account = createHash('sha256').update(`${apiKey}\n${baseUrl}`).digest('hex');
	const accounts = processMemory<AccountSpending>('accountSpending');
	const spending = accounts.getOrCreate(account, () => new AccountSpending(systemClock));
	return { limitUsd, spending };
}

/** What was asked for, as a part of a sentence. */
function askedFor({ type, costUsd }: Asked): string {
	return type === 'video'
		? `this video costs about ${usd(costUsd)}`
		: `the videos of this run up to this one would cost about ${usd(costUsd)} more`;
}

/** What has not happened, and where a run has several videos, how to get those that fit. */
function notCreated({ type }: Asked): string {
	return type === 'video'
		? 'Nothing was created for this item.'
		: "Nothing more was created. To get the videos that fit, set 'On Error' to continue.";
}

const MINUTE_MS = 60_000;

/** To the minute, in UTC. */
function minuteOf(at: number): string {
	return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** A stretch of time in hours and minutes. */
function stretchOf(milliseconds: number): string {
	const minutes = Math.max(1, Math.round(milliseconds / MINUTE_MS));
	const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
	return [hours > 0 && `${hours} h`, rest > 0 && `${rest} min`].filter(Boolean).join(' ');
}
