/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { opening } from '../../support/opening';
import type { StoredCredential, StoredWorkflow, WorkflowFile } from '../n8n/answers';
import { N8nClient, owner } from '../n8n/rest';
import { startN8n } from '../n8n/server';
import { defaultVersion, repository } from '../n8n/versions';
import type { PiapiService } from './service';

/** A running n8n with an owner, a credential and all example workflows. */
export type Editor = Awaited<ReturnType<typeof openEditor>>;

export async function openEditor(service: PiapiService, preferredPort: number) {
	return await opening(async (closers) => {
		const version = defaultVersion;
		const n8n = await startN8n({ version, packageFolder: repository }, preferredPort);
		closers.push(n8n.stop);
		const client = new N8nClient(n8n.url, version);
		await client.setUpOwner();
		const credential = await client.createCredential(service.name, 'piapiApi', service.credential);
		const examples: StoredWorkflow[] = [];
		for (const name of exampleNames) {
			examples.push(await client.createWorkflow(withCredential(exampleFile(name), credential)));
		}
		return { n8n, client, credential, examples };
	});
}

/** What a person needs to look around: where things are, and how to log in. */
export function overview({ n8n, examples }: Editor, service: PiapiService): string {
	const addressOf = ({ id }: StoredWorkflow) => `${n8n.url}/workflow/${id}`;
	return [
		`Editor    ${addressOf(examples[0])}`,
		`Login     ${owner.email}  ${owner.password}`,
		...(service.costsMoney ? [] : simulatorLines(service)),
		'',
		`Example workflows (${examples.length}), each with a note that says what to fill in:`,
		...examples.map((example) => `  ${example.name}\n    ${addressOf(example)}`),
	].join('\n');
}

/** A key of one's own is not shown; that of the simulator opens nothing else. */
function simulatorLines({ credential: { baseUrl, apiKey } }: PiapiService): string[] {
	return [
		`PiAPI     ${baseUrl}  (simulator)`,
		`Key       ${apiKey}`,
		"          For a credential of your own: this is its 'API Key', and the address above is its",
		"          'Base URL' and its 'Upload URL'.",
	];
}

const EXAMPLES = join(repository, 'workflows');
/** The one that `npm start` runs. */
const FIRST_EXAMPLE = 'text-to-video';

/** Names of the example workflows, without `.json`. */
export const exampleNames = readdirSync(EXAMPLES)
	.filter((file) => file.endsWith('.json'))
	.map((file) => basename(file, '.json'))
	.sort((one, other) => Number(other === FIRST_EXAMPLE) - Number(one === FIRST_EXAMPLE));

export function exampleFile(name = FIRST_EXAMPLE): WorkflowFile {
	return JSON.parse(readFileSync(join(EXAMPLES, `${name}.json`), 'utf8')) as WorkflowFile;
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
