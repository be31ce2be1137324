/* eslint-disable @n8n/community-nodes/require-node-api-error */
/** Closes what was opened, in any way. */
type Closer = () => unknown;

/**
 * Opens something of several parts. When one of them does not open, those before it are closed again.
 *
 * @param open opens the parts, and adds to the closers how each is closed; the last one is closed first
 */
export async function opening<T extends object>(
	open: (closers: Closer[]) => Promise<T>,
): Promise<T & { close(): Promise<void> }> {
	const closers: Closer[] = [];
	const close = async () => {
		for (const closer of closers.splice(0).reverse()) await closer();
	};
	try {
		return { ...(await open(closers)), close };
	} catch (error) {
		await close();
		throw error;
	}
}
