import type { CreateTaskBody } from '../../piapi/client';
import { catchPiapiError, type PiapiError } from '../../piapi/errors';
import { Ledger } from '../ledger';
import { sumUsd } from '../price';
import { limitsOfRun, type LimitReads, type LimitSettings } from './limitsOfRun';

/** What the limits say before anything is created. */
export interface CheckedLimits {
	/** US dollars that the daily limit leaves; null without one, or when it is not known. */
	dailyRoomUsd: number | null;
	/** Why not all of it would be created. */
	refusal?: PiapiError;
}

/** Asks the limits whether these could be created now, all together; free. */
export async function checkLimits(
	settings: LimitSettings,
	bodies: CreateTaskBody[],
	{ client, clock }: Pick<LimitReads, 'client' | 'clock'>,
): Promise<CheckedLimits> {
	const send: LimitReads['send'] = async (request) => await catchPiapiError(request());
	const limits = limitsOfRun(settings, new Ledger({}, '', 0, settings.daily?.spending), {
		client,
		clock,
		send,
	});
	const unknown = await limits.prepare(bodies);
	if (unknown) return { dailyRoomUsd: null, refusal: unknown };
	const { daily } = settings;
	const roomUsd = daily && sumUsd([daily.limitUsd, -daily.spending.spentUsd]);
	return {
		dailyRoomUsd: roomUsd === undefined ? null : Math.max(0, roomUsd),
		refusal: limits.refusal(bodies.length === 1 ? 'video' : 'run', bodies),
	};
}
