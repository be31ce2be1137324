import { NodeOperationError } from 'n8n-workflow';

import { baseUrlProblem } from './addresses';
import { apiKeyProblem } from './apiKey';
import { PiapiClient } from './client';
import { Redactor } from './redact';
import { n8nTransport, type NodeContext } from './transport';

/**
 * A client for the account of the node's credential.
 *
 * @throws NodeOperationError when the credential's key cannot be sent, or its address is not safe for one, before any request
 */
export async function connect(context: NodeContext): Promise<PiapiClient> {
	const { apiKey, webhookSecret, baseUrl, uploadBaseUrl } =
		await context.getCredentials('piapiApi');
	const problem = baseUrlProblem(baseUrl) ?? apiKeyProblem(apiKey);
	if (problem) throw new NodeOperationError(context.getNode(), problem, { level: 'warning' });
	const redactor = new Redactor([apiKey, webhookSecret]);
	return new PiapiClient(n8nTransport(context), String(baseUrl), String(uploadBaseUrl), redactor);
}
