import { expect, it } from '@jest/globals';

import { endOfRun } from '../../../nodes/Luma/messages/remedies';

const NOTHING = { taskIds: [], unconfirmed: [], isItemPaid: false };
const RUN_AGAIN = /free to run it again/;

it('says that it is free to run again only where the run has paid for nothing', () => {
	expect(endOfRun(NOTHING)).toMatch(RUN_AGAIN);
	expect(endOfRun({ ...NOTHING, isItemPaid: true })).not.toMatch(RUN_AGAIN);
	expect(endOfRun({ ...NOTHING, taskIds: ['a'] })).not.toMatch(RUN_AGAIN);
	expect(endOfRun({ ...NOTHING, unconfirmed: [{ itemIndex: 1, sentAt: 0 }] })).not.toMatch(
		RUN_AGAIN,
	);
});

it('says how many videos were created, with their ids and both ways to get them', () => {
	const text = endOfRun({ ...NOTHING, taskIds: ['id-1', 'id-2'] });

	expect(text).toMatch(/^2 other videos were created .*: id-1, id-2\. /);
	expect(text).toContain('Task → Wait');
	expect(text).toMatch(/Retry in the Executions list.*newest/);
	expect(text).toContain("'On Error'");
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
