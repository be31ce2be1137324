import { jest } from '@jest/globals';
import 'reflect-metadata';

import { PollContext } from 'n8n-core';
import {
	Workflow,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type INodeExecutionData,
	type INodeTypes,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

import { LumaTrigger } from '../../nodes/Luma/LumaTrigger.node';
import { additionalData, node } from './engine';

const NAME = 'Luma Trigger';

export interface PollingTriggerOptions {
	/** Address of the simulator; becomes both addresses of the credential. */
	url: string;
	parameters?: IDataObject;
	credential?: Partial<ICredentialDataDecryptedObject>;
	/** Of the workflow. */
	id?: string;
}

/** An active workflow with a polling trigger; does with each poll what n8n does with it. */
export class PollingTrigger {
	/** The JSON that the workflow was started with, run by run. */
	readonly runs: IDataObject[][] = [];

	/** The column of n8n's database that outlives the process. */
	staticData = '{}';

	private type = new LumaTrigger();

	private workflow: Workflow;

	constructor(private readonly options: PollingTriggerOptions) {
		this.workflow = this.load();
	}

	/** n8n stores the static data with the activation. */
	async activate(): Promise<void> {
		this.workflow = this.load();
		await this.poll();
		this.store();
	}

	/** @throws what n8n would list as a failed execution */
	async poll(mode: WorkflowExecuteMode = 'trigger'): Promise<IDataObject[] | null> {
		const { url, credential } = this.options;
		const context = new PollContext(
			this.workflow,
			this.workflow.getNode(NAME)!,
			additionalData(this.workflow, { url, credential, parameters: {} }),
			mode,
			'activate',
		);
		const output: INodeExecutionData[][] | null = await this.type.poll.call(context);
		if (output === null) return null;
		const run = output.flat().map(({ json }) => json);
		if (mode !== 'manual') {
			this.runs.push(run);
			this.store();
		}
		return run;
	}

	/** A new process on the same database. */
	async restart(): Promise<void> {
		await jest.isolateModulesAsync(async () => {
			const fresh = await import('../../nodes/Luma/LumaTrigger.node');
			this.type = new fresh.LumaTrigger();
		});
		this.workflow = this.load();
	}

	private store(): void {
		this.staticData = JSON.stringify(this.workflow.staticData);
	}

	private load(): Workflow {
		const { parameters = {}, id = 'w1' } = this.options;
		const nodeTypes: INodeTypes = {
			getByName: () => this.type,
			getByNameAndVersion: () => this.type,
			getKnownTypes: () => ({}),
		};
		const trigger = node({
			name: NAME,
			type: 'lumaTrigger',
			parameters: parameters as never,
			credentials: { piapiApi: { id: '1', name: 'PiAPI' } },
		});
		return new Workflow({
			id,
			nodes: [trigger],
			connections: {},
			active: true,
			nodeTypes,
			staticData: JSON.parse(this.staticData) as IDataObject,
		});
	}
}
