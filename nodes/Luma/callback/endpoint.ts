import { NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';

import { canBeCalled, webAddress } from '../piapi/addresses';
import type { CreateTaskBody } from '../piapi/client';
import { recordOf } from '../piapi/json';
import type { Task } from '../piapi/task';
import { secretOf } from './secret';

/**
 * The end of the address, for this package's nodes alone: a late report must not wake another node of
 * the execution that sleeps at that time.
 */
export const RESUME_PATH = 'luma';

/** How PiAPI is to report the end of the tasks of a run. */
export interface Endpoint {
	/** Sent along with each report. */
	secret: string;
	/** Address that wakes the execution, when it is to sleep until then. */
	resumeUrl?: string;
}

/** For reports that wake nobody here: the address stands in the request already. */
export async function plainEndpoint(context: IExecuteFunctions): Promise<Endpoint> {
	const credential = await context.getCredentials('piapiApi');
	return { secret: secretOf(credential, context.getExecutionId()) };
}

/**
 * The address that wakes this execution. n8n may have signed it, so its query is passed on as it is.
 *
 * @throws NodeOperationError when no report can arrive there, before anything is made
 */
export async function wakingEndpoint(context: IExecuteFunctions): Promise<Endpoint> {
	const node = context.getNode();
	if (node.type.endsWith('Tool')) {
		throw new NodeOperationError(node, 'An agent cannot wait for a report of PiAPI', {
			description: 'Set Wait Mode to Wait Here. Nothing was sent to PiAPI.',
			level: 'warning',
		});
	}
	const { baseUrl, ...secrets } = await context.getCredentials('piapiApi');
	const address = webAddress(context.evaluateExpression('{{ $execution.resumeUrl }}', 0));
	if (address && canBeCalled(address, baseUrl)) {
		address.pathname += `/${RESUME_PATH}`;
		return { secret: secretOf(secrets, context.getExecutionId()), resumeUrl: address.href };
	}
	throw new NodeOperationError(
		node,
		`PiAPI cannot report the finished videos to this n8n, because its address is ${address?.origin ?? 'not known'}`,
		{
			description:
				'Set Wait Mode to Wait Here, which works everywhere. Or give your n8n a public https:// address: set WEBHOOK_URL to it and start n8n again. Nothing was sent to PiAPI.',
			level: 'warning',
		},
	);
}

/** Whether the request itself names an address for reports. */
export function namesEndpoint({ config }: CreateTaskBody): boolean {
	return config?.webhook_config !== undefined;
}

/** The request with the address for reports and the secret, if there is to be a report. */
export function withEndpoint(body: CreateTaskBody, own: Endpoint | undefined): CreateTaskBody {
	const endpoint = own?.resumeUrl ?? recordOf(body.config?.webhook_config).endpoint;
	if (!own || endpoint === undefined) return body;
	const webhook = { endpoint, secret: own.secret };
	return { ...body, config: { ...body.config, webhook_config: webhook } };
}

/** Whether PiAPI is going to report the end of an earlier task to this address. */
export function reportsTo(task: Task, resumeUrl: string): boolean {
	const { endpoint } = recordOf(recordOf(task.raw.config).webhook_config);
	const [told, wanted] = [webAddress(endpoint), webAddress(resumeUrl)];
	return told?.origin === wanted?.origin && told?.pathname === wanted?.pathname;
}
