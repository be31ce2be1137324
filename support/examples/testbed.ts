import { exampleFile, withCredential } from '../../scripts/demo/editor';
import type {
	Execution,
	StoredCredential,
	StoredWorkflow,
	WorkflowFile,
	WorkflowNode,
} from '../../scripts/n8n/answers';
import { OWN_CONNECTION, type N8nClient } from '../../scripts/n8n/rest';
import type { SimulatedTask, Simulator, SimulatorOptions } from '../../simulator';
import { until } from '../eventually';
import { joinTestbed } from '../n8n/sharedN8n';
import { openTestbed, RIGHT_KEY, type Testbed } from '../n8n/testbed';
import { Networks } from './networks';

/** What a person fills in, by the name of the node. */
export type Filling = Record<string, Record<string, unknown>>;

/** What the notes of examples ask for that call a service of one's own. */
const ownServices = (url: string): Filling => ({
	'Post the Video': { url: `${url}/posts` },
	'Say What Happened': { url: `${url}/messages` },
	'Post the Film': { url: `${url}/films` },
	'Send the Post': { url: `${url}/posts` },
	'Upload the Clip': { url: `=${url}/clips/{{ $binary.data.fileName }}` },
});

/** A login with OAuth is done already. */
const oauthTokenData = { access_token: 'token-of-the-tests', token_type: 'Bearer' };
const oauth = { clientId: 'none', clientSecret: 'none', oauthTokenData };

/** Credentials with their types, by the type of the node or by what it chooses. */
const credentialsFor = (url: string): Record<string, [type: string, data: object]> => ({
	facebookGraphApi: ['facebookGraphApi', { accessToken: 'token-of-the-tests' }],
	googleDrive: ['googleDriveOAuth2Api', oauth],
	httpBearerAuth: ['httpBearerAuth', { token: 'token-of-the-tests' }],
	linkedInOAuth2Api: ['linkedInOAuth2Api', { ...oauth, legacy: false, organizationSupport: false }],
	lmChatOpenAi: ['openAiApi', { apiKey: 'none', url: `${url}/v1` }],
	s3: [
		's3',
		{
			endpoint: 'https://s3.example.com',
			region: 'us-east-1',
			accessKeyId: 'none',
			secretAccessKey: 'none',
			forcePathStyle: true,
		},
	],
	telegram: [
		'telegramApi',
		{ accessToken: '1:token-of-the-tests', baseUrl: 'https://api.telegram.org' },
	],
	youTube: ['youTubeOAuth2Api', oauth],
});

/** Where the example workflows are tested: an n8n, with a simulated PiAPI and networks beside it. */
export class ExampleTestbed {
	/** How videos created from now on fail, those that do. */
	failure: SimulatorOptions['outcome'];

	private areHeld = false;
	private before = 0;

	private constructor(
		private readonly testbed: Testbed,
		readonly networks: Networks,
		readonly piapi: StoredCredential,
	) {}

	/** @param network "proxied" for an n8n of its own that reaches the real addresses of the networks */
	static async open(network?: 'proxied'): Promise<ExampleTestbed> {
		const networks = await Networks.start();
		const simulator: SimulatorOptions = {
			queueSeconds: 0,
			renderSeconds: () => (examples.areHeld ? Infinity : 0.1),
			outcome: (...task) => examples.failure?.(...task),
		};
		const environment = { ...networks.environment, N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem' };
		const testbed = network
			? await openTestbed({ simulator, environment })
			: await joinTestbed({ simulator });
		const piapi = await testbed.credentialWith(RIGHT_KEY, { webhookSecret: 'sesame-0815' });
		const examples: ExampleTestbed = new ExampleTestbed(testbed, networks, piapi);
		return examples;
	}

	get client(): N8nClient {
		return this.testbed.client;
	}

	get simulator(): Simulator {
		return this.testbed.simulator;
	}

	/** Forgets what earlier tests have done. */
	clear(): void {
		this.failure = undefined;
		this.areHeld = false;
		this.before = this.simulator.tasks.size;
	}

	/** Videos created from now on are not ready before endVideos(). */
	holdVideos(): void {
		this.areHeld = true;
	}

	endVideos(): void {
		for (const task of this.newTasks().filter(({ endedAt }) => endedAt === undefined)) {
			if (task.plan) this.simulator.fail(task, task.plan);
			else this.simulator.complete(task);
		}
	}

	newTasks(): SimulatedTask[] {
		return [...this.simulator.tasks.values()].slice(this.before);
	}

	/** The workflow with credentials and what its note asks for; it waits 0.1 s instead of minutes. */
	async filledIn(name: string, filling: Filling = {}): Promise<WorkflowFile> {
		const file = withCredential(exampleFile(name), this.piapi);
		const filled = { ...ownServices(this.networks.url), ...filling };
		for (const node of file.nodes) {
			Object.assign(node.parameters, filled[node.name]);
			if (node.type === 'n8n-nodes-base.wait') {
				Object.assign(node.parameters, { amount: 0.1, unit: 'seconds' });
			}
			if (node.type.startsWith('n8n-nodes-piapi-luma.')) {
				const options = node.parameters.options as object;
				node.parameters.options = { ...options, pollIntervalSeconds: 1 };
			}
			if (node.retryOnFail) node.waitBetweenTries = 100;
			await this.chooseCredential(node);
		}
		return file;
	}

	private async chooseCredential(node: WorkflowNode): Promise<void> {
		const { nodeCredentialType, genericAuthType } = node.parameters;
		const chosen = nodeCredentialType ?? genericAuthType ?? node.type.split('.').pop();
		const [type, data] = credentialsFor(this.networks.url)[String(chosen)] ?? [];
		if (!type) return;
		const stored = await this.client.createCredential(type, type, { ...data });
		node.credentials = { [type]: { id: stored.id, name: stored.name } };
	}

	async imported(name: string, filling?: Filling): Promise<StoredWorkflow> {
		return await this.client.createWorkflow(await this.filledIn(name, filling));
	}

	/**
	 * What "Execute workflow" does.
	 *
	 * @param submitted what a form was filled in with, or a chat was told
	 * @returns the id of the execution
	 */
	async start(workflow: StoredWorkflow, submitted?: Record<string, string>): Promise<string> {
		const [trigger] = workflow.nodes.filter(({ type }) => /\.(?!luma).*Trigger$/.test(type));
		const form = { submittedAt: '2026-11-25T09:00:00.000Z', formMode: 'test' };
		return await this.client.start(workflow, trigger.name, submitted && { ...submitted, ...form });
	}

	/** Starts it, and waits for its end. */
	async execute(workflow: StoredWorkflow, submitted?: Record<string, string>): Promise<Execution> {
		return await this.client.untilFinished(await this.start(workflow, submitted));
	}

	/** Imports the workflow, fills it in and executes it, all of which has to succeed. */
	async run(
		name: string,
		submitted?: Record<string, string>,
		filling?: Filling,
	): Promise<Execution> {
		const execution = await this.execute(await this.imported(name, filling), submitted);
		const { status, data } = execution;
		if (status === 'success') return execution;
		throw new Error(`The run is ${status}: ${data.resultData.error?.message}`);
	}

	/** Submits the form that starts a published workflow, as a person does on its page. */
	async submitForm(workflow: StoredWorkflow, form: FormData): Promise<Execution> {
		const trigger = workflow.nodes.find(({ type }) => type.endsWith('.formTrigger'))!;
		await this.client.activate(workflow);
		await submit(`${this.client.url}/form/${trigger.webhookId}`, form);
		const started = async () => await this.client.executions(workflow.id);
		await until('the form has started a run', async () => (await started()).length > 0);
		const [{ id }] = await started();
		const execution = await this.client.untilFinished(id);
		await this.client.deactivate(workflow);
		return execution;
	}

	/** The page that n8n shows once the execution waits for the n-th time for a person at a node. */
	async page(executionId: string, node: string, times = 1) {
		let execution!: Execution;
		await until(`${node} is shown`, async () => {
			execution = await this.client.execution(executionId);
			const { status } = execution;
			if (['error', 'success'].includes(status)) throw new Error(`The run is over: ${status}`);
			const runs = execution.data?.resultData.runData[node] ?? [];
			return status === 'waiting' && runs.length === times;
		});
		// n8n 2.41 opens the page only for who has the token of the execution.
		const { resumeToken } = execution.data as { resumeToken?: string };
		const query = resumeToken ? `?signature=${resumeToken}` : '';
		const url = `${this.client.url}/form-waiting/${executionId}${query}`;
		const response = await fetch(url, { headers: OWN_CONNECTION });
		if (!response.ok) throw new Error(`The page is answered with ${response.status}`);
		return { url, html: await response.text() };
	}

	async close(): Promise<void> {
		await this.testbed.close();
		await this.networks.stop();
	}
}

/** @param values of a page's fields, in their order */
export function formWith(...values: string[]): FormData {
	const form = new FormData();
	for (const [index, value] of values.entries()) form.append(`field-${index}`, value);
	return form;
}

/** Sends a form as its page does. */
export async function submit(url: string, body: FormData): Promise<void> {
	const response = await fetch(url, { method: 'POST', headers: OWN_CONNECTION, body });
	if (!response.ok) throw new Error(`The form is answered with ${response.status}`);
}
