import { describe, expect, it } from '@jest/globals';

import { Budget, spendRemedy, spendRemedyForAll } from '../../../nodes/Luma/jobs/budget';
import { ERROR_CATALOG } from '../../../nodes/Luma/messages/errorCatalog';
import { Ledger } from '../../../nodes/Luma/jobs/ledger';
import { bodyOf, virtualRun } from '../../../support/virtualRun';

// Users are told what to do, and never that something is their fault.
const AVOIDED =
	/\b(errors?|problems?|failures?|mistakes?|faults?|invalid|illegal|bad|wrong|forgot)\b/i;

const texts = Object.entries(ERROR_CATALOG).map(([kind, { title, remedy }]) => ({
	kind,
	title,
	remedy,
}));

describe.each(texts)('the message $kind', ({ title, remedy }) => {
	it('has a title that fits on one line, and a remedy', () => {
		expect(title).toMatch(/^\S.{0,88}\S$/);
		expect(remedy).toMatch(/\S/);
	});

	it('avoids blame', () => {
		expect(`${title} ${remedy}`).not.toMatch(AVOIDED);
	});
});

it('avoids blame in the remedies for special situations', async () => {
	const { outcomes } = await virtualRun({
		service: { faults: [{ route: 'create', effect: { kind: 'reset' } }] },
	});
	const budget = new Budget(0.1, new Ledger());
	const remedies = [
		String(outcomes[0].error?.remedy),
		spendRemedy(budget, bodyOf('Scene')),
		spendRemedyForAll(budget, [bodyOf('Scene')]),
	];

	for (const remedy of remedies) {
		// Names of settings stand in quotes.
		expect(remedy.replace(/'[^']*'/g, '')).not.toMatch(AVOIDED);
	}
});
