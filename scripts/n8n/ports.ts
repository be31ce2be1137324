/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/require-node-api-error */
import { createServer, type AddressInfo } from 'node:net';

const TRIES = 50;

/** A port that nobody uses: `preferred` or the next free one after it, or any when none is preferred. */
export async function freePort(preferred = 0): Promise<number> {
	if (preferred === 0) return await claim(0);

	for (let port = preferred; port < preferred + TRIES && port < 65_536; port++) {
		try {
			return await claim(port);
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
		}
	}
	throw new Error(`Ports ${preferred} to ${preferred + TRIES - 1} are all taken.`);
}

async function claim(port: number): Promise<number> {
	return await new Promise((resolve, reject) => {
		const server = createServer();
		server.once('error', reject);
		server.listen(port, '127.0.0.1', () => {
			const { port: found } = server.address() as AddressInfo;
			server.close(() => resolve(found));
		});
	});
}
