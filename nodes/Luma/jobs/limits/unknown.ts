import { PiapiError } from '../../piapi/errors';

/**
 * The error of a limit that cannot be checked. A key that PiAPI does not accept, and a run that was
 * stopped, are told as what they are.
 */
export function unknownBecause(
	code: 'spendingUnknown' | 'balanceUnknown',
	cause: PiapiError,
): PiapiError {
	if (cause.code === 'wrongKey' || cause.code === 'stopped') return cause;
	const { title, ...details } = { title: cause.message, ...cause.details };
	return new PiapiError(code, {
		...details,
		remedy: `${title}. ${new PiapiError(code).remedy}`,
	});
}
