import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { INode } from 'n8n-workflow';

import { ERROR_CATALOG, type PiapiErrorCode } from '../../../nodes/Luma/messages/catalog';
import { endOfRun } from '../../../nodes/Luma/messages/remedies';
import { PiapiError } from '../../../nodes/Luma/piapi/errors';
import { nodeErrorOf } from '../../../nodes/Luma/piapi/nodeError';

const NODE = { name: 'Luma', type: 'luma', typeVersion: 1, parameters: {} } as unknown as INode;

const NOTHING = { taskIds: [], unconfirmed: [], isItemPaid: false, priceUsd: 0.4 };
const UNPAID = /^Nothing was charged\b.*\$0\.40/;

it('says that nothing was charged, and what a new run costs, only where that is so', () => {
	expect(endOfRun(NOTHING)).toMatch(UNPAID);
	expect(endOfRun({ ...NOTHING, isItemPaid: true })).not.toMatch(UNPAID);
	expect(endOfRun({ ...NOTHING, taskIds: ['a'] })).not.toMatch(UNPAID);
	expect(endOfRun({ ...NOTHING, unconfirmed: [{ itemIndex: 1, sentAt: 0 }] })).not.toMatch(UNPAID);
});

it('promises of no run that it is free', () => {
	for (const isItemPaid of [true, false]) {
		expect(endOfRun({ ...NOTHING, isItemPaid })).not.toMatch(/\bfree\b/);
	}
});

it('sends a correction into this node: a retry sees none in a node before it', () => {
	expect(endOfRun({ ...NOTHING, taskIds: ['a'] })).toMatch(/old input.*correct this node/);
});

const KNOWN = fc.record({
	taskIds: fc.array(fc.uuid(), { maxLength: 3 }),
	unconfirmed: fc.array(fc.record({ itemIndex: fc.nat(50), sentAt: fc.nat(2_000_000_000_000) }), {
		maxLength: 3,
	}),
	isItemPaid: fc.boolean(),
	priceUsd: fc.constantFrom(0.2, 0.4, 1.2),
});

/** A full stop, and then a new sentence or nothing. */
const sentencesOf = (text: string) => text.match(/\.(?= [A-Z“']|$)/g)?.length ?? 0;

it.each(Object.entries(ERROR_CATALOG))(
	'begins with what the run costs and has four sentences at most: %s',
	(code, { title }) => {
		fc.assert(
			fc.property(KNOWN, (known) => {
				const cost = endOfRun(known);
				const error = new PiapiError(code as PiapiErrorCode);
				const { message, description } = nodeErrorOf(NODE, error, { endOfRun: cost });
				expect(message).toContain(title);
				expect(description?.startsWith(cost)).toBe(true);
				expect(sentencesOf(description ?? '')).toBeLessThanOrEqual(4);
			}),
		);
	},
);

it('says how many videos were created, with their ids and both ways to get them', () => {
	const text = endOfRun({ ...NOTHING, taskIds: ['id-1', 'id-2'] });

	expect(text).toMatch(/^2 other videos were created .*: id-1, id-2\. /);
	expect(text).toContain('Task → Wait');
	expect(text).toMatch(/Retry in the Executions list.*newest/);
});

it('counts what may have been created apart, with item and time', () => {
	const text = endOfRun({
		...NOTHING,
		taskIds: ['id-1'],
		unconfirmed: [{ itemIndex: 3, sentAt: Date.UTC(2026, 0, 31, 12, 0, 5) }],
	});

	expect(text).toContain('1 other video was created');
	expect(text).toContain('1 more may have been created: item 3, sent 2026-01-31 12:00:05 UTC.');
});
