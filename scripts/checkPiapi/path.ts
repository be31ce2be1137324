/** What lies in a value under names such as `data.config.secret`; undefined where there is nothing. */
export function at(value: unknown, path: string): unknown {
	let found = value;
	for (const name of path.split('.')) {
		if (typeof found !== 'object' || found === null) return undefined;
		found = (found as Record<string, unknown>)[name];
	}
	return found;
}

/** The text under a path; empty where there is none. */
export function textAt(value: unknown, path: string): string {
	const found = at(value, path);
	return typeof found === 'string' ? found : '';
}

/** Which of the paths are missing from a value. */
export function missingFrom(value: unknown, paths: readonly string[]): string[] {
	return paths.filter((path) => at(value, path) === undefined);
}
