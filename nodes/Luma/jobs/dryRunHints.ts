import type { CheckedLimits } from './limits/checkLimits';
import type { Hint } from './hints';
import { usd } from '../messages/usd';

/** What a dry run has found out about all of its items. */
export interface DryRunFacts extends CheckedLimits {
	/** US dollars that all items are expected to cost. */
	costUsd: number;
	/** US dollars; null when PiAPI does not say. */
	balanceUsd: number | null;
}

/** For the output panel: that nothing was created, what it would cost, and what would be in the way. */
export function dryRunHints({ costUsd, balanceUsd, dailyRoomUsd, refusal }: DryRunFacts): Hint[] {
	const room = dailyRoomUsd === null ? '' : ` The daily limit leaves ${usd(dailyRoomUsd)}.`;
	const summary = `This was a dry run: nothing was created and nothing was paid. It would cost about ${usd(costUsd)}; ${aboutBalance(costUsd, balanceUsd)}${room}`;
	const limits =
		refusal &&
		`This was a dry run: not all of it would be created. ${refusal.message}. ${refusal.remedy}`;
	return [summary, limits].filter((text) => text !== undefined).map((text) => ({ text }));
}

function aboutBalance(costUsd: number, balanceUsd: number | null): string {
	if (balanceUsd === null) return 'PiAPI does not tell your balance.';
	const balance = `your balance is ${usd(balanceUsd)}`;
	return balanceUsd >= costUsd
		? `${balance}.`
		: `${balance}, which is not enough: top up at app.piapi.ai (Billing).`;
}
