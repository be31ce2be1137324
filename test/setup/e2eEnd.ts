/* eslint-disable @n8n/community-nodes/no-restricted-globals */
/** Runs once after all end-to-end tests, in the process of the setup. */
export default async function tearDown(): Promise<void> {
	const { stopSharedN8n } = globalThis as unknown as { stopSharedN8n(): Promise<void> };
	await stopSharedN8n();
}
