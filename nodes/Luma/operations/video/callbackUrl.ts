import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { canBeCalled, webAddress } from '../../piapi/addresses';
import { validationError, stringParameter } from '../validation';

/** Belongs to the Wait Mode that does not wait, and is shown right below it. */
export const callbackUrlField: INodeProperties = {
	displayName: 'Callback URL',
	name: 'callbackUrl',
	type: 'string',
	default: '',
	placeholder: 'e.g. https://n8n.example.com/webhook/…/luma',
	displayOptions: { show: { waitMode: ['none'] } },
	description:
		"May stay empty. A URL that PiAPI calls when the video is finished: the Production URL of a Luma Dream Machine Webhook Trigger, or a server of your own. The 'Webhook Secret' of the credential is sent along, if it has one.",
};

/**
 * Where PiAPI is to send the webhook of the item's task; undefined when nowhere.
 *
 * @throws NodeOperationError when PiAPI could not call the address
 */
export async function callbackAddress(
	context: IExecuteFunctions,
	itemIndex: number,
): Promise<string | undefined> {
	const text = stringParameter(context, 'callbackUrl', itemIndex);
	if (text === '') return undefined;
	const { baseUrl } = await context.getCredentials('piapiApi', itemIndex);
	const address = webAddress(text);
	if (address && canBeCalled(address, baseUrl)) return address.href;
	throw validationError(
		context,
		itemIndex,
		`PiAPI cannot call the 'Callback URL' “${text.slice(0, 60)}”`,
		'Enter a public address that begins with https://, such as the Production URL of a Luma Dream Machine Webhook Trigger.',
	);
}
