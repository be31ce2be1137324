import { NodeOperationError, type IHookFunctions } from 'n8n-workflow';

import type { PiapiErrorCode } from '../messages/errorCatalog';
import { connect } from '../piapi/connect';
import { catchPiapiError, PiapiError } from '../piapi/errors';

/** What only a person can correct. After anything else the trigger works as soon as PiAPI does. */
const USER_FIXABLE: ReadonlySet<PiapiErrorCode> = new Set([
	'wrongKey',
	'planTooLow',
	'redirected',
	'notPiapi',
]);

/**
 * Tells whoever activates the workflow, or listens for a test call, when the credential cannot work.
 * Nothing is registered at PiAPI: each task carries the address of its webhook.
 *
 * @throws NodeOperationError whose message alone says what to do, because n8n shows nothing else of it
 */
export async function checkCredential(context: IHookFunctions): Promise<void> {
	// When n8n starts nobody reads the message, and n8n would leave the trigger off.
	if (['init', 'leadershipChange'].includes(context.getActivationMode())) return;

	const client = await connect(context);
	const account = await catchPiapiError(client.account());
	if (!(account instanceof PiapiError)) return;

	const { code, message, remedy } = account;
	const words = `${message}. ${remedy}`;
	if (USER_FIXABLE.has(code)) {
		throw new NodeOperationError(context.getNode(), words, { level: 'warning' });
	}
	context.logger.warn(`${context.getNode().name} could not try its credential. ${words}`);
}
