/* eslint-disable @n8n/community-nodes/require-node-api-error */
import { randomBytes } from 'node:crypto';

import type { SupervisedProcess } from '../n8n/supervisedProcess';
import type { LaunchOptions } from '../n8n/launch';
import { startN8n, startWorker, type N8nServer } from '../n8n/server';
import type { Programs } from './programs';
import { DATABASE_USER, startPostgres, startRedis } from './services';

/** n8n in queue mode: the main process takes calls and hands the work to workers, over Redis. */
export interface Cluster {
	main: N8nServer;
	/** Those that were started, also the ones that have been stopped. */
	workers: SupervisedProcess[];
	redisPort: number;
	/** One more of the same kind. */
	addWorker(): Promise<void>;
	stop(): Promise<void>;
}

interface ClusterOptions extends LaunchOptions {
	programs: Programs;
	workers: number;
	/** How many executions each worker runs at once. */
	slots: number;
}

export async function startCluster(options: ClusterOptions): Promise<Cluster> {
	const started: SupervisedProcess[] = [];
	const stop = async () => {
		for (const supervised of started.splice(0).reverse()) await supervised.stop();
	};
	try {
		const redis = await startRedis(options.programs);
		started.push(redis);
		const postgres = await startPostgres(options.programs);
		started.push(postgres);

		const environment = {
			...queueMode(redis.port, postgres.port, options.slots),
			...options.environment,
		};
		const main = await startN8n({ ...options, environment });
		started.push(main);

		const workers: SupervisedProcess[] = [];
		// Callbacks go to the main process, whose address a worker can't know by itself.
		const ofWorker = { ...environment, WEBHOOK_URL: `${main.url}/` };
		const addWorker = async () => {
			const worker = await startWorker({ ...options, environment: ofWorker }, options.slots);
			started.push(worker);
			workers.push(worker);
		};
		await Promise.all(Array.from({ length: options.workers }, addWorker));
		return { main, workers, redisPort: redis.port, addWorker, stop };
	} catch (error) {
		await stop();
		throw error;
	}
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
