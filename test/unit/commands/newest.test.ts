import { expect, it } from '@jest/globals';

import { howNew, isBefore } from '../../../scripts/n8n/newest';
import { n8nReleases } from '../../../scripts/n8n/versions';

const { release } = n8nReleases['2.41'];

it.each([
	['2.9.1', '2.10.0'],
	['2.41.1', '2.41.3'],
	['2.41.9', '2.41.10'],
	['1.123.81', '2.0.0'],
])('%s comes before %s', (one, other) => {
	expect([isBefore(one, other), isBefore(other, one), isBefore(one, one)]).toEqual([
		true,
		false,
		false,
	]);
});

it.each([
	[release, /is the newest/],
	['2.40.99', /is the newest/],
	['3.0.0', /3\.0\.0 is out/],
	['2.41.3', /is out.*could not be installed/],
	[undefined, /could not be asked/],
])('says how the tests stand to the newest n8n, %s', async (listed, words) => {
	expect(await howNew(async () => await Promise.resolve(listed))).toMatch(words);
});
