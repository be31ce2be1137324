import { OWN_CONNECTION } from '../../scripts/n8n/rest';

/** One tool as a model sees it. */
export interface ListedTool {
	name: string;
	description: string;
	inputSchema: { properties: Record<string, { type: string; description?: string }> };
}

export interface ToolAnswer {
	isError?: boolean;
	content: Array<{ type: string; text: string }>;
}

/** As much of the Model Context Protocol (over HTTP) as it takes to list and to call tools. */
export class McpClient {
	#session: Record<string, string> = {};
	#lastId = 0;

	constructor(readonly url: string) {}

	async open(): Promise<void> {
		await this.#call('initialize', {
			protocolVersion: '2025-03-26',
			capabilities: {},
			clientInfo: { name: 'test', version: '1' },
		});
	}

	async tools(): Promise<ListedTool[]> {
		return (await this.#call<{ tools: ListedTool[] }>('tools/list', {})).tools;
	}

	async callTool(name: string, args: Record<string, unknown>): Promise<ToolAnswer> {
		return await this.#call('tools/call', { name, arguments: args });
	}

	async #call<T>(method: string, params: object): Promise<T> {
		const response = await fetch(this.url, {
			method: 'POST',
			headers: {
				'content-type': 'application/json',
				...OWN_CONNECTION,
				accept: 'application/json, text/event-stream',
				...this.#session,
			},
			body: JSON.stringify({ jsonrpc: '2.0', id: ++this.#lastId, method, params }),
		});
		const session = response.headers.get('mcp-session-id');
		if (session) this.#session = { 'mcp-session-id': session };
		const text = await response.text();
		// The answer comes as the only event of a stream.
		const data = /^data: (.*)$/m.exec(text)?.[1] ?? text;
		const { result, error } = JSON.parse(data) as { result?: T; error?: { message: string } };
		if (result === undefined) throw new Error(`${method}: ${error?.message ?? text}`);
		return result;
	}
}
