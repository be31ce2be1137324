import { randomBytes } from 'node:crypto';

import { opening } from '../../support/opening';
import { startN8n, startWorker, type LaunchOptions } from '../n8n/server';
import type { SupervisedProcess } from '../n8n/supervisedProcess';
import { DATABASE_USER, startPostgres, startRedis } from './services';

/**
 * n8n in queue mode: the main process takes calls and hands the work to workers, over Redis.
 *
 * @param slots how many executions each worker runs at once
 */
export async function startCluster(options: LaunchOptions, count: number, slots: number) {
	const { close, ...cluster } = await opening(async (closers) => {
		const redis = await startRedis();
		closers.push(redis.stop);
		const postgres = await startPostgres();
		closers.push(postgres.stop);

		const environment = {
			...queueMode(redis.port, postgres.port, slots),
			...options.environment,
		};
		const main = await startN8n({ ...options, environment });
		closers.push(main.stop);

		// Also those that have been stopped.
		const workers: SupervisedProcess[] = [];
		// Callbacks go to the main process, whose address a worker can't know by itself.
		const ofWorker = { ...environment, WEBHOOK_URL: `${main.url}/` };
		const addWorker = async () => {
			const worker = await startWorker({ ...options, environment: ofWorker }, slots);
			closers.push(worker.stop);
			workers.push(worker);
		};
		await Promise.all(Array.from({ length: count }, addWorker));
		return { ...main, workers, redisPort: redis.port, addWorker };
	});
	return { ...cluster, stop: close };
}

function queueMode(redisPort: number, postgresPort: number, slots: number): Record<string, string> {
	return {
		EXECUTIONS_MODE: 'queue',
		QUEUE_BULL_REDIS_HOST: '127.0.0.1',
		QUEUE_BULL_REDIS_PORT: String(redisPort),
		DB_TYPE: 'postgresdb',
		DB_POSTGRESDB_HOST: '127.0.0.1',
		DB_POSTGRESDB_PORT: String(postgresPort),
		DB_POSTGRESDB_DATABASE: 'postgres',
		DB_POSTGRESDB_USER: DATABASE_USER,
		// n8n has 2 when it is not told, and executions of one worker would wait for each other.
		DB_POSTGRESDB_POOL_SIZE: String(2 * slots),
		// All processes read the same credentials.
		N8N_ENCRYPTION_KEY: randomBytes(24).toString('hex'),
	};
}
