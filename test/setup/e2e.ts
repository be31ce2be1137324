/* eslint-disable @n8n/community-nodes/no-restricted-globals */
import { startSharedN8n } from '../../support/n8n/sharedN8n';

/** Runs once before all end-to-end tests. */
export default async function setUp(): Promise<void> {
	const { stop } = await startSharedN8n();
	Object.assign(globalThis, { stopSharedN8n: stop });
}
