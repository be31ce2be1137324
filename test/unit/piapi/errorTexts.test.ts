import { describe, expect, it } from '@jest/globals';

import { Budget, spendRemedy, spendRemedyForAll } from '../../../nodes/Luma/generation/budget';
import { TROUBLES } from '../../../nodes/Luma/piapi/errors';
import { creating, virtualRun } from '../generation/virtualRun';

// Users are told what to do, and never that something is their fault.
const AVOIDED =
	/\b(errors?|problems?|failures?|mistakes?|faults?|invalid|illegal|bad|wrong|forgot)\b/i;

const texts = Object.entries(TROUBLES).map(([kind, { title, remedy }]) => ({
	kind,
	title,
	remedy,
}));

describe.each(texts)('the message $kind', ({ title, remedy }) => {
	it('has a title that fits on one line, and a remedy', () => {
		expect(title).toMatch(/^\S.{0,88}\S$/);
		expect(remedy).toMatch(/\S/);
	});

	it('blames nobody', () => {
		expect(`${title} ${remedy}`).not.toMatch(AVOIDED);
	});
});

it('blames nobody where a remedy is written for the situation', async () => {
	const { source } = creating('Scene');
	const { generations } = await virtualRun({
		service: { faults: [{ route: 'create', effect: { kind: 'reset' } }] },
	});
	const remedies = [
		String(generations[0].trouble?.remedy),
		'create' in source ? spendRemedy(new Budget(0.1), source.create) : '',
		'create' in source ? spendRemedyForAll(new Budget(0.1), [source.create]) : '',
	];

	for (const remedy of remedies) {
		expect(remedy).toMatch(/\S/);
		expect(remedy).not.toMatch(AVOIDED);
	}
});
