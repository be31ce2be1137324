interface LockFile {
	packages: Record<
		string,
		{ integrity?: string; name?: string; resolved?: string; version?: string }
	>;
}

/** The lock file with the address of each package in the registry that `registryOf` tells by its name. */
export function withAddresses(lock: LockFile, registryOf: (name: string) => string): LockFile;
