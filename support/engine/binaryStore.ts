/* eslint-disable @n8n/community-nodes/no-restricted-imports, @typescript-eslint/no-require-imports */
import { BinaryDataService } from 'n8n-core';

// The container of n8n-core itself: another copy of the package would be another container.
const { Container } = require(
	require.resolve('@n8n/di', { paths: [require.resolve('n8n-core')] }),
) as {
	Container: { set(type: unknown, instance: unknown): void };
};

type Parts = ConstructorParameters<typeof BinaryDataService>;

/** n8n's store for files: in the execution's own data (`default`), or in a folder. */
export async function openBinaryStore(
	mode: 'default' | 'filesystem',
	localStoragePath = '',
): Promise<BinaryDataService> {
	const config = { mode, localStoragePath, availableModes: [mode] } as unknown as Parts[0];
	const service = new BinaryDataService(config, {} as Parts[1], {} as Parts[2]);
	if (mode === 'filesystem') await service.init();
	Container.set(BinaryDataService, service);
	return service;
}
