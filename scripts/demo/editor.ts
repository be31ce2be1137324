/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/require-node-api-error */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import type { Execution, StoredCredential, StoredWorkflow, WorkflowFile } from '../n8n/answers';
import { N8nClient } from '../n8n/rest';
import { startN8n, type N8nServer } from '../n8n/server';
import { repository, type N8nVersion } from '../n8n/versions';
import type { PiapiService } from './service';

/** A running n8n that has everything for the example: an owner, a credential and the workflow. */
export interface Editor {
	n8n: N8nServer;
	client: N8nClient;
	credential: StoredCredential;
	workflow: StoredWorkflow;
	/** All example workflows, that one first. */
	examples: StoredWorkflow[];
}

export async function openEditor(
	version: N8nVersion,
	service: PiapiService,
	preferredPort: number,
): Promise<Editor> {
	const n8n = await startN8n({ version, packageFolder: repository, preferredPort });
	try {
		const client = new N8nClient(n8n.url, version);
		await client.setUpOwner();
		const credential = await client.createCredential(service.name, 'piapiApi', service.credential);
		const examples: StoredWorkflow[] = [];
		for (const name of exampleNames) {
			examples.push(await client.createWorkflow(withCredential(exampleFile(name), credential)));
		}
		const [workflow] = examples;
		return { n8n, client, credential, workflow, examples };
	} catch (error) {
		await n8n.stop();
		throw error;
	}
}

export async function runExample({ client, workflow }: Editor): Promise<Execution> {
	const trigger = workflow.nodes.find(({ type }) => type === 'n8n-nodes-base.manualTrigger');
	if (!trigger) throw new Error('The example workflow has no Manual Trigger.');
	return await client.runManually(workflow, trigger.name);
}

/** Where the workflow opens in a browser. */
export function addressOf({ url }: N8nServer, { id }: StoredWorkflow): string {
	return `${url}/workflow/${id}`;
}

const EXAMPLES = join(repository, 'workflows');
/** The one that `npm start` runs. */
const FIRST_EXAMPLE = 'text-to-video';

/** Names of the example workflows, without `.json`. */
export const exampleNames = readdirSync(EXAMPLES)
	.filter((file) => file.endsWith('.json'))
	.map((file) => basename(file, '.json'))
	.sort((one, other) => Number(other === FIRST_EXAMPLE) - Number(one === FIRST_EXAMPLE));

export function exampleFile(name: string): WorkflowFile {
	return JSON.parse(readFileSync(join(EXAMPLES, `${name}.json`), 'utf8')) as WorkflowFile;
}

export function exampleWorkflow(): WorkflowFile {
	return exampleFile(FIRST_EXAMPLE);
}

/** The workflow with `credential` chosen in each of this package's nodes. */
export function withCredential(workflow: WorkflowFile, credential: StoredCredential): WorkflowFile {
	const { id, name, type } = credential;
	const nodes = workflow.nodes.map((node) =>
		node.type.startsWith('n8n-nodes-piapi-luma.')
			? { ...node, credentials: { [type]: { id, name } } }
			: node,
	);
	return { ...workflow, nodes };
}
