import type { IExecuteFunctions } from 'n8n-workflow';

import { canBeFetched, webAddress } from '../../piapi/addresses';
import { shortened, stringParameter, validationError } from '../validation';

const REMEDY =
	'Enter the complete link to an image that anyone can open, such as https://example.com/image.png.';

/**
 * The link to a picture.
 *
 * @throws NodeOperationError when it is no complete http(s) address, or PiAPI could not open it
 */
export async function imageAddress(
	context: IExecuteFunctions,
	itemIndex: number,
	{ name, label }: { name: string; label: string },
): Promise<string> {
	const value = stringParameter(context, name, itemIndex);
	const url = webAddress(value);
	if (!url) {
		const message =
			value === ''
				? `'${label}' is empty`
				: `'${label}' is not a web address: “${shortened(value)}”`;
		throw validationError(context, itemIndex, message, REMEDY);
	}
	const { baseUrl } = await context.getCredentials('piapiApi', itemIndex);
	if (canBeFetched(url, baseUrl)) return url.href;
	throw validationError(
		context,
		itemIndex,
		`PiAPI cannot open '${label}' at ${shortened(url.origin)}, which is in a private network`,
		`${REMEDY} Or bring the image as a file and set it to Input Data.`,
	);
}
