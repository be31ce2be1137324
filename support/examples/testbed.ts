import type {
	Execution,
	StoredCredential,
	StoredWorkflow,
	WorkflowFile,
} from '../../scripts/n8n/answers';
import { OWN_CONNECTION, type N8nClient } from '../../scripts/n8n/rest';
import type { Simulator } from '../../simulator';
import { until } from '../eventually';
import { filledIn } from './files';
import { SimulatedVideos } from './videos';
import { joinTestbed } from '../n8n/sharedN8n';
import { RIGHT_KEY, type Testbed } from '../n8n/testbed';
import { startMockServer, type ReceivedRequest, type MockServer } from '../mockServer';

/** Where the example workflows are tested: a testbed, and a mock server for the services other than PiAPI. */
export class ExampleTestbed extends SimulatedVideos {
	private constructor(
		private readonly testbed: Testbed,
		readonly services: MockServer,
		readonly credential: StoredCredential,
	) {
		super();
	}

	/** @param answer what the services beside PiAPI say */
	static async open(answer: (request: ReceivedRequest) => unknown): Promise<ExampleTestbed> {
		const services = await startMockServer(answer);
		const testbed = await joinTestbed({ simulator: SimulatedVideos.options(() => examples) });
		const credential = await testbed.credentialWith(RIGHT_KEY, { webhookSecret: 'sesame-0815' });
		const examples: ExampleTestbed = new ExampleTestbed(testbed, services, credential);
		return examples;
	}

	get client(): N8nClient {
		return this.testbed.client;
	}

	get simulator(): Simulator {
		return this.testbed.simulator;
	}

	override clear(): void {
		super.clear();
		this.services.received.length = 0;
	}

	/** What the services were sent as JSON. */
	posts(): Array<{ path: string; json: Record<string, unknown> }> {
		return this.services.received
			.filter(({ type }) => type.startsWith('application/json'))
			.map(({ path, content }) => ({
				path,
				json: JSON.parse(content.toString()) as Record<string, unknown>,
			}));
	}

	/** The example as a person has it after filling in what its note asks for. */
	filledIn(name: string): WorkflowFile {
		return filledIn(name, { credential: this.credential, serviceUrl: this.services.url });
	}

	async imported(name: string): Promise<StoredWorkflow> {
		return await this.client.createWorkflow(this.filledIn(name));
	}

	/** What "Execute workflow" does. */
	async execute(workflow: StoredWorkflow): Promise<Execution> {
		const trigger = workflow.nodes.find(({ type }) => type === 'n8n-nodes-base.manualTrigger')!;
		return await this.client.runManually(workflow, trigger.name);
	}

	/** Imports the file, fills it in and executes it, all of which has to succeed. */
	async run(name: string): Promise<Execution> {
		const execution = await this.execute(await this.imported(name));
		const { status, data } = execution;
		if (status === 'success') return execution;
		throw new Error(`The run is ${status}: ${data.resultData.error?.message}`);
	}

	/** Submits the form that starts a published workflow, as a person does on its page. */
	async submitForm(workflow: StoredWorkflow, form: FormData): Promise<Execution> {
		const trigger = workflow.nodes.find(({ type }) => type.endsWith('.formTrigger'))!;
		await this.client.activate(workflow);
		const response = await fetch(`${this.client.url}/form/${trigger.webhookId}`, {
			method: 'POST',
			headers: OWN_CONNECTION,
			body: form,
		});
		if (!response.ok) throw new Error(`The form is answered with ${response.status}`);
		const started = async () => await this.client.executions(workflow.id);
		await until('the form has started a run', async () => (await started()).length > 0);
		const [{ id }] = await started();
		const execution = await this.client.untilFinished(id);
		await this.client.deactivate(workflow);
		return execution;
	}

	/** What writing into the chat below the canvas does. */
	async chat(workflow: StoredWorkflow, chatInput: string): Promise<Execution> {
		const { name } = workflow.nodes.find(({ type }) => type.endsWith('.chatTrigger'))!;
		const message = { sessionId: workflow.id, action: 'sendMessage', chatInput };
		return await this.client.untilFinished(await this.client.start(workflow, name, message));
	}

	async close(): Promise<void> {
		await this.testbed.close();
		await this.services.close();
	}
}
