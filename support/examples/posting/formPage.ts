import type { Execution } from '../../../scripts/n8n/answers';
import { OWN_CONNECTION, type N8nClient } from '../../../scripts/n8n/rest';
import { until } from '../../eventually';

/** The page that n8n shows while an execution waits for a person. */
export class FormPage {
	private constructor(
		private readonly url: string,
		readonly html: string,
	) {}

	/** Waits until the execution waits for the n-th time at a form. */
	static async open(client: N8nClient, executionId: string, node: string, times: number) {
		let execution!: Execution;
		await until(`${node} is shown`, async () => {
			execution = await client.execution(executionId);
			const { status } = execution;
			if (['error', 'success'].includes(status)) throw new Error(`The run is over: ${status}`);
			const runs = execution.data?.resultData.runData[node] ?? [];
			return status === 'waiting' && runs.length === times;
		});
		// n8n 2.41 opens the page only for who has the token of the execution.
		const { resumeToken } = execution.data as { resumeToken?: string };
		const query = resumeToken ? `?signature=${resumeToken}` : '';
		const url = `${client.url}/form-waiting/${executionId}${query}`;
		const response = await fetch(url, { headers: OWN_CONNECTION });
		const html = await response.text();
		if (!response.ok) throw new Error(`The page is answered with ${response.status}: ${html}`);
		return new FormPage(url, html);
	}

	/** @param values of the page's fields, in their order */
	async submit(values: string[]): Promise<void> {
		const form = new FormData();
		for (const [index, value] of values.entries()) form.append(`field-${index}`, value);
		const response = await fetch(this.url, {
			method: 'POST',
			headers: OWN_CONNECTION,
			body: form,
		});
		if (!response.ok) throw new Error(`The form is answered with ${response.status}`);
	}
}
