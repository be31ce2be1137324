import type {
	Execution,
	StoredCredential,
	StoredWorkflow,
	WorkflowFile,
	WorkflowNode,
} from '../../../scripts/n8n/answers';
import { exampleFile, withCredential } from '../../../scripts/demo/editor';
import type { N8nClient } from '../../../scripts/n8n/rest';
import type { Simulator } from '../../../simulator';
import { openTestbed, RIGHT_KEY, type OwnTestbed } from '../../n8n/testbed';
import { SimulatedVideos } from '../videos';
import { Networks } from './networks';

/** Credentials of the networks by their types in n8n; a login with OAuth is done already. */
const oauthTokenData = { access_token: 'token-of-the-tests', token_type: 'Bearer' };
const oauth = { clientId: 'none', clientSecret: 'none', oauthTokenData };
const CREDENTIALS: Record<string, Record<string, unknown>> = {
	facebookGraphApi: { accessToken: 'token-of-the-tests' },
	googleDriveOAuth2Api: oauth,
	httpBearerAuth: { token: 'token-of-the-tests' },
	linkedInOAuth2Api: { ...oauth, legacy: false, organizationSupport: false },
	openAiApi: { apiKey: 'none', url: 'https://api.openai.com/v1' },
	s3: {
		endpoint: 'https://s3.example.com',
		region: 'us-east-1',
		accessKeyId: 'none',
		secretAccessKey: 'none',
		forcePathStyle: true,
	},
	telegramApi: { accessToken: '1:token-of-the-tests', baseUrl: 'https://api.telegram.org' },
	youTubeOAuth2Api: oauth,
};

const TYPES_OF_NODES: Record<string, string> = {
	facebookGraphApi: 'facebookGraphApi',
	googleDrive: 'googleDriveOAuth2Api',
	lmChatOpenAi: 'openAiApi',
	s3: 's3',
	telegram: 'telegramApi',
	youTube: 'youTubeOAuth2Api',
};

/** The type of credential that a node asks for, if it asks for one. */
function credentialTypeOf({ type, parameters }: WorkflowNode): string | undefined {
	const { nodeCredentialType, genericAuthType } = parameters;
	const chosen = nodeCredentialType ?? genericAuthType;
	return typeof chosen === 'string' ? chosen : TYPES_OF_NODES[String(type.split('.').pop())];
}

/** What a person fills in, by the name of the node. */
export type Filling = Record<string, Record<string, unknown>>;

/** An n8n that reaches the networks of the tests, with a simulated PiAPI beside it. */
export class PostingTestbed extends SimulatedVideos {
	private constructor(
		private readonly testbed: OwnTestbed,
		readonly networks: Networks,
		private readonly piapi: StoredCredential,
		private readonly credentials: Map<string, StoredCredential>,
	) {
		super();
	}

	static async open(): Promise<PostingTestbed> {
		const networks = await Networks.start();
		const testbed = await openTestbed({
			environment: { ...networks.environment, N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem' },
			simulator: SimulatedVideos.options(() => posting),
		});
		const credentials = new Map<string, StoredCredential>();
		for (const [type, data] of Object.entries(CREDENTIALS)) {
			credentials.set(type, await testbed.client.createCredential(type, type, data));
		}
		const piapi = await testbed.credentialWith(RIGHT_KEY);
		const posting: PostingTestbed = new PostingTestbed(testbed, networks, piapi, credentials);
		return posting;
	}

	get client(): N8nClient {
		return this.testbed.client;
	}

	get simulator(): Simulator {
		return this.testbed.simulator;
	}

	/** The workflow with credentials and what its note asks for; it waits 0.1 s instead of minutes. */
	filledIn(name: string, filling: Filling): WorkflowFile {
		const file = withCredential(exampleFile(name), this.piapi);
		const nodes = file.nodes.map((node) => {
			const parameters = { ...node.parameters, ...filling[node.name] };
			if (node.type === 'n8n-nodes-base.wait')
				Object.assign(parameters, { amount: 0.1, unit: 'seconds' });
			if (node.type.startsWith('n8n-nodes-piapi-luma.')) {
				const options = parameters.options as object;
				Object.assign(parameters, { options: { ...options, pollIntervalSeconds: 1 } });
			}
			const waitBetweenTries = node.retryOnFail ? { waitBetweenTries: 100 } : {};
			return { ...node, parameters, ...waitBetweenTries, ...this.credentialOf(node) };
		});
		return { ...file, nodes };
	}

	private credentialOf(node: WorkflowNode): Partial<WorkflowNode> {
		const type = credentialTypeOf(node);
		const credential = type === undefined ? undefined : this.credentials.get(type);
		if (!credential) return {};
		return { credentials: { [credential.type]: { id: credential.id, name: credential.name } } };
	}

	/** Imports the workflow, fills it in, and runs it as if its form (or schedule) had started it. */
	async run(
		name: string,
		filling: Filling | undefined,
		submitted: Record<string, unknown>,
	): Promise<Execution> {
		const workflow = await this.client.createWorkflow(this.filledIn(name, filling ?? {}));
		return await this.client.untilFinished(await this.start(workflow, submitted));
	}

	/** @returns the id of the execution */
	async start(workflow: StoredWorkflow, submitted: Record<string, unknown>): Promise<string> {
		const { name } = workflow.nodes.find(({ type }) => /Trigger$/.test(type))!;
		const form = { ...submitted, submittedAt: '2026-11-25T09:00:00.000Z', formMode: 'test' };
		return await this.client.start(workflow, name, form);
	}

	async close(): Promise<void> {
		await this.testbed.close();
		await this.networks.stop();
	}
}
