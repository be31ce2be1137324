import { parse as parseFlatted } from 'flatted';
import { randomUUID } from 'node:crypto';
import type { INodeCredentialTestResult } from 'n8n-workflow';

import { until } from '../../support/eventually';
import type {
	WorkflowNode,
	Execution,
	NodeType,
	StoredCredential,
	StoredWorkflow,
	WorkflowFile,
} from './answers';
import { n8nReleases, type N8nVersion } from './versions';

/** The person that a temporary n8n belongs to. The password guards an n8n that only this machine reaches. */
export const owner = {
	email: 'demo@example.com',
	password: 'Luma-demo-1',
	firstName: 'Luma',
	lastName: 'Demo',
};

/** A video takes PiAPI minutes when it is busy; the node itself gives up after 15. */
const RUN_TIMEOUT_MS = 16 * 60_000;

/**
 * n8n closes a connection that was idle for 5 seconds; on a busy machine a request can be on its way in
 * it just then, and would be lost.
 */
export const OWN_CONNECTION = { connection: 'close' };

const UNFINISHED = new Set(['new', 'running', 'waiting', 'unknown']);

/** n8n ties the login cookie to the browser; a browser that shares its id can share the login. */
export interface Login {
	browserId: string;
	cookie: string;
}

/** What the editor does over n8n's REST API, as far as the demo and the tests need it. */
export class N8nClient {
	constructor(
		readonly url: string,
		private readonly version: N8nVersion,
		/** The login of another client, to go on with it. */
		readonly login: Login = { browserId: randomUUID(), cookie: '' },
	) {}

	/** Makes the owner account of a new n8n; the client is logged in afterwards. */
	async setUpOwner(): Promise<void> {
		await this.call('POST', '/rest/owner/setup', owner);
	}

	async createCredential(name: string, type: string, data: StoredCredential['data']) {
		const credential = { name, type, data };
		const { id } = await this.call<{ id: string }>('POST', '/rest/credentials', credential);
		return { id, ...credential };
	}

	/** What the Save button of the credential window does. */
	async testCredential(credentials: StoredCredential): Promise<INodeCredentialTestResult> {
		return await this.call('POST', '/rest/credentials/test', { credentials });
	}

	async createWorkflow(workflow: WorkflowFile): Promise<StoredWorkflow> {
		const file = { settings: {}, active: false, ...workflow };
		return await this.call('POST', '/rest/workflows', file);
	}

	/** What saving a changed workflow does. */
	async changeNodes({ id, versionId }: StoredWorkflow, nodes: WorkflowNode[]): Promise<void> {
		await this.call('PATCH', `/rest/workflows/${id}`, { nodes, versionId });
	}

	async activate(workflow: StoredWorkflow): Promise<void> {
		await this.setActive(workflow, true);
		if (n8nReleases[this.version].activation === 'background') await this.untilPublished(workflow);
	}

	async deactivate(workflow: StoredWorkflow): Promise<void> {
		await this.setActive(workflow, false);
	}

	private async setActive({ id, versionId }: StoredWorkflow, active: boolean): Promise<void> {
		const path = `/rest/workflows/${id}`;
		if (n8nReleases[this.version].activation === 'change') {
			await this.call('PATCH', path, { active, versionId });
			return;
		}
		const body = active ? { versionId } : {};
		await this.call('POST', `${path}/${active ? 'activate' : 'deactivate'}`, body);
	}

	/** n8n 2.41 tries to activate a trigger five times, with growing pauses, before it says why it failed. */
	private async untilPublished({ id }: StoredWorkflow): Promise<void> {
		const path = `/rest/workflows/${id}/publication-status`;
		await until('The workflow is in production', async () => {
			const publication = await this.call<{ status: string }>('GET', path);
			if (publication.status === 'in_progress') return false;
			if (publication.status === 'published') return true;
			throw new Error(`Not in production: ${JSON.stringify(publication)}`);
		});
	}

	/**
	 * What the Execute Workflow button does.
	 *
	 * @param json what the trigger gives, for one that waits for somebody
	 * @returns the id of the execution
	 */
	async start(workflow: StoredWorkflow, triggerName: string, json?: object): Promise<string> {
		const path = `/rest/workflows/${workflow.id}/run`;
		const times = { startTime: 0, executionTime: 0, executionIndex: 0 };
		const data = json && { ...times, source: [null], data: { main: [[{ json }]] } };
		const trigger = { name: triggerName, data };
		const start = { workflowData: workflow, triggerToStartFrom: trigger };
		return (await this.call<{ executionId: string }>('POST', path, start)).executionId;
	}

	/** Starts it, and waits for its end. */
	async runManually(workflow: StoredWorkflow, triggerName: string): Promise<Execution> {
		return await this.untilFinished(await this.start(workflow, triggerName));
	}

	/** What "Stop execution" does: n8n asks the nodes to end, and marks the run as canceled. */
	async stop(executionId: string): Promise<void> {
		await this.call('POST', `/rest/executions/${executionId}/stop`);
	}

	/**
	 * What "Retry" in the list of executions does, and the wait for its end.
	 *
	 * @param loadWorkflow with the workflow as it is now, or as it was in the failed run
	 */
	async retry(executionId: string, loadWorkflow: boolean): Promise<Execution> {
		const path = `/rest/executions/${executionId}/retry`;
		const { id } = await this.call<{ id: string }>('POST', path, { loadWorkflow });
		return await this.execution(id);
	}

	async untilFinished(executionId: string): Promise<Execution> {
		let execution!: Execution;
		const hasEnded = async () => {
			execution = await this.execution(executionId);
			// n8n 1.123 can say that a run has ended a moment before it has stored what the run did.
			return !UNFINISHED.has(execution.status) && Boolean(execution.data);
		};
		await until('The run has ended', hasEnded, RUN_TIMEOUT_MS, 250);
		return execution;
	}

	async execution(id: string): Promise<Execution> {
		type Stored = Omit<Execution, 'data'> & { data: string };
		const stored = await this.call<Stored>('GET', `/rest/executions/${id}`);
		return { ...stored, data: parseFlatted(stored.data) as Execution['data'] };
	}

	/** Newest first, without their data. */
	async executions(workflowId: string): Promise<Array<{ id: string; status: string }>> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		type Listed = { results: Array<{ id: string; status: string }> };
		return (await this.call<Listed>('GET', `/rest/executions?filter=${filter}`)).results;
	}

	/** A file of an execution. */
	async file(id: string): Promise<Buffer> {
		const query = new URLSearchParams({ id, action: 'download' }).toString();
		const response = await this.request('GET', `/rest/binary-data?${query}`);
		if (!response.ok) throw new Error(`n8n answered the file ${id} with ${response.status}`);
		return Buffer.from(await response.arrayBuffer());
	}

	/** Every node the editor can offer. */
	async nodeTypes(): Promise<NodeType[]> {
		const response = await this.request('GET', '/types/nodes.json');
		return (await response.json()) as NodeType[];
	}

	async request(method: string, path: string, body?: unknown): Promise<Response> {
		const response = await fetch(this.url + path, {
			method,
			headers: {
				...OWN_CONNECTION,
				'content-type': 'application/json',
				'browser-id': this.login.browserId,
				cookie: this.login.cookie,
			},
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		const login = response.headers.getSetCookie().find((cookie) => cookie.startsWith('n8n-auth='));
		if (login) this.login.cookie = login.split(';')[0];
		return response;
	}

	async call<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
		const response = await this.request(method, path, body);
		const text = await response.text();
		if (!response.ok)
			throw new Error(`n8n answered ${method} ${path} with ${response.status}: ${text}`);
		return (JSON.parse(text) as { data: T }).data;
	}
}
