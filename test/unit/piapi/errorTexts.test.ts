import { describe, expect, it } from '@jest/globals';

import { Budget, spendRemedy, spendRemedyForAll } from '../../../nodes/Luma/jobs/budget';
import { TROUBLES } from '../../../nodes/Luma/piapi/errors';
import { Ledger } from '../../../nodes/Luma/jobs/ledger';
import { bodyOf, virtualRun } from '../../../support/virtualRun';

const AVOIDED =
	/\b(errors?|problems?|failures?|mistakes?|faults?|invalid|illegal|bad|wrong|forgot)\b/i;

const texts = Object.entries(TROUBLES).map(([kind, { title, remedy }]) => ({
	kind,
	title,
	remedy,
}));

describe.each(texts)('$kind', ({ title, remedy }) => {
	it('says what happened in one line', () => {
		expect(title).toMatch(/^(n8n |[A-Z]).*[^.]$/);
		expect(title.length).toBeLessThanOrEqual(90);
	});

	it('says what to do in whole sentences', () => {
		expect(remedy).toMatch(/^[A-Z].*\.$/);
		expect(remedy).toMatch(
			/\b(check|change|top up|compare|run|look|wait|enter|open|rephrase|read|pick|use|raise|choose|download)\b/i,
		);
	});

	it('puts the blame on nobody', () => {
		expect(`${title} ${remedy}`).not.toMatch(AVOIDED);
	});
});

it('keeps to that where more is known', async () => {
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
		expect(remedy).toMatch(/^[A-Z].*\.$/);
		// Names of settings stand in quotes.
		expect(remedy.replace(/'[^']*'/g, '')).not.toMatch(AVOIDED);
	}
});
