import { supervise, type SupervisedProcess } from './supervisedProcess';
import { freePort, n8nProgram, type LaunchOptions } from './launch';

export interface N8nOptions extends LaunchOptions {
	/** Taken when it is free, else the next free one after it. */
	preferredPort?: number;
}

export interface N8nServer extends SupervisedProcess {
	url: string;
	/** Where this n8n keeps its database and settings; removed by stop(). */
	userFolder: string;
}

/** Starts an n8n of its own: empty database, the package loaded under its true name. */
export async function startN8n(options: N8nOptions): Promise<N8nServer> {
	const port = await freePort(options.preferredPort);
	const url = `http://localhost:${port}`;
	const program = await n8nProgram(options, port, ['start']);
	const supervised = await supervise(program, async () => await answers(url));
	return { ...supervised, url, userFolder: program.folder };
}

/**
 * Starts an n8n that runs what a main process hands out over the queue.
 *
 * @param slots how many executions it runs at once
 */
export async function startWorker(
	options: LaunchOptions,
	slots: number,
): Promise<SupervisedProcess> {
	const program = await n8nProgram(options, await freePort(), ['worker', `--concurrency=${slots}`]);
	return await supervise(program, (log) => log.includes('n8n worker is now ready'));
}

/** n8n answers its own readiness check some seconds before the editor's REST API is there. */
async function answers(url: string): Promise<boolean> {
	const response = await fetch(`${url}/rest/settings`).catch(() => undefined);
	return Boolean(response?.ok && response.headers.get('content-type')?.includes('json'));
}
