import fc from 'fast-check';

import type { FaultEffect } from '../../simulator';

const afterHandling = fc.boolean();
const seconds = fc.nat(90);

/** What can befall any call. */
export const arbitraryEffect: fc.Arbitrary<FaultEffect> = fc.oneof(
	fc.record({ kind: fc.constant('reset' as const), afterHandling }),
	fc.record({ kind: fc.constant('hang' as const), seconds, afterHandling }),
	fc.record({ kind: fc.constant('slow' as const), seconds }),
	fc.constant({ kind: 'cutOff' as const }),
	fc.record({
		kind: fc.constant('html' as const),
		status: fc.constantFrom(502, 504, 520, 524),
		afterHandling,
	}),
	fc.record({
		kind: fc.constant('answer' as const),
		status: fc.constantFrom(200, 400, 402, 408, 429, 500, 503),
		afterHandling: fc.constant(false),
	}),
	fc.record({
		kind: fc.constant('answer' as const),
		status: fc.constantFrom(408, 500, 503),
		afterHandling: fc.constant(true),
	}),
);

export const arbitraryFault = fc.record({
	route: fc.constantFrom('create' as const, 'create' as const, 'read' as const, 'history' as const),
	calls: fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 6 }),
	effect: arbitraryEffect,
});
