/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One run of the node after the Luma node. */
export interface Arrival {
	/** The prompt that the workflow was called with, whatever became of it. */
	order: string;
	executionId: string;
	taskId: string;
	status: string;
	videoUrl: string | null;
	at: number;
}

/** Where the last node of every workflow reports: each report is one run of that node. */
export class Tally {
	readonly arrivals: Arrival[] = [];

	of(order: string): Arrival[] {
		return this.arrivals.filter((arrival) => arrival.order === order);
	}

	add(arrival: Arrival): void {
		this.arrivals.push(arrival);
	}
}

export async function serveTally(
	tally: Tally,
): Promise<{ url: string; close: () => Promise<void> }> {
	const server = createServer((request, response) => {
		let body = '';
		request.on('data', (chunk: Buffer) => (body += chunk.toString()));
		request.on('end', () => {
			tally.add({ ...(JSON.parse(body) as Arrival), at: Date.now() });
			response.setHeader('content-type', 'application/json').end('{}');
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	const close = async () =>
		await new Promise<void>((resolve) => {
			server.close(() => resolve());
			server.closeAllConnections();
		});
	return { url: `http://127.0.0.1:${port}`, close };
}
