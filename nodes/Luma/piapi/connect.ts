import { NodeOperationError } from 'n8n-workflow';

import { baseUrlRemark } from './addresses';
import { PiapiClient } from './client';
import { n8nTransport, type NodeContext } from './transport';

/**
 * A client for the account of the node's credential.
 *
 * @throws NodeOperationError when the credential's addresses are not safe for a key, before any request
 */
export async function connect(context: NodeContext): Promise<PiapiClient> {
	const { apiKey, baseUrl, uploadBaseUrl } = await context.getCredentials('piapiApi');
	const remark = baseUrlRemark(baseUrl);
	if (remark) throw new NodeOperationError(context.getNode(), remark, { level: 'warning' });
	if (String(apiKey ?? '').trim() === '') {
		throw new NodeOperationError(context.getNode(), 'The PiAPI credential has no API key', {
			description: 'Open the credential and paste the key from app.piapi.ai (Keys).',
			level: 'warning',
		});
	}
	return new PiapiClient(n8nTransport(context), String(baseUrl), String(uploadBaseUrl));
}
