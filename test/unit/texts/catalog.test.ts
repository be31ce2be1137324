import { expect, it } from '@jest/globals';

import { ERROR_CATALOG } from '../../../nodes/Luma/messages/catalog';
import { AccountSpending } from '../../../nodes/Luma/jobs/spending/accountSpending';
import { VirtualClock, type Fault } from '../../../simulator';
import { virtualRun, type VirtualRunOptions } from '../../../support/virtualTime/virtualRun';

// Users are told what to do, and never that something is their fault.
const AVOIDED =
	/\b(errors?|problems?|failures?|mistakes?|faults?|invalid|illegal|bad|wrong|forgot)\b/i;

it.each(Object.entries(ERROR_CATALOG))(
	'the message %s has a short title and a remedy, and avoids blame',
	(_, { title, remedy }) => {
		expect(title).toMatch(/^\S.{0,88}\S$/);
		expect(remedy).toMatch(/\S/);
		expect(`${title} ${remedy}`).not.toMatch(AVOIDED);
	},
);

const spending = new AccountSpending(new VirtualClock());

it.each<VirtualRunOptions>([
	{ service: { faults: [{ route: 'create', effect: { kind: 'reset' } }] } },
	{ maxSpendUsd: 0.1 },
	{ maxSpendUsd: 0.1, failFast: true },
	{ keepBalanceUsd: 1, service: { balanceUsd: 1 } },
	{ keepBalanceUsd: 1, service: { faults: [down('account')] } },
	{ daily: { limitUsd: 0.1, spending } },
	{ daily: { limitUsd: 5, spending }, service: { faults: [down('history')] } },
])('avoids blame in the remedies for special situations: %j', async (options) => {
	const { outcomes } = await virtualRun(options);
	const remedy = outcomes[0].error?.remedy;

	// Names of settings stand in quotes.
	expect(remedy?.replace(/'[^']*'/g, '')).not.toMatch(AVOIDED);
	expect(remedy).toMatch(/\S/);
});

function down(route: Fault['route']): Fault {
	return { route, calls: 'every', effect: { kind: 'answer', status: 500 } };
}
