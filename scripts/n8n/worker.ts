import getPort from 'get-port';
import { supervise, type SupervisedProcess } from './supervisedProcess';
import { n8nProgram, type LaunchOptions } from './launch';

/**
 * Starts an n8n that runs what a main process hands out over the queue.
 *
 * @param slots how many executions it runs at once
 */
export async function startWorker(
	options: LaunchOptions,
	slots: number,
): Promise<SupervisedProcess> {
	const program = await n8nProgram(options, await getPort({ host: '127.0.0.1' }), [
		'worker',
		`--concurrency=${slots}`,
	]);
	return await supervise(program, (log) => log.includes('n8n worker is now ready'));
}
