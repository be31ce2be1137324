import getPort from 'get-port';
import { keep, type KeptProcess } from './kept';
import { n8nProgram, type LaunchOptions } from './launch';

/**
 * Starts an n8n that runs what a main process hands out over the queue.
 *
 * @param slots how many executions it runs at once
 */
export async function startWorker(options: LaunchOptions, slots: number): Promise<KeptProcess> {
	const program = await n8nProgram(options, await getPort({ host: '127.0.0.1' }), [
		'worker',
		`--concurrency=${slots}`,
	]);
	return await keep(program, (log) => log.includes('n8n worker is now ready'));
}
