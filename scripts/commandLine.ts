/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/require-node-api-error */
import { parseArgs, type ParseArgsConfig } from 'node:util';

/** What is wrong with a command, in words for the person who typed it. */
export class UsageError extends Error {}

/** The flags of a command. */
export function readFlags<T extends NonNullable<ParseArgsConfig['options']>>(options: T) {
	try {
		return parseArgs({ options }).values;
	} catch (error) {
		// Node's first sentence names the flag; what follows is advice for programmers.
		throw new UsageError((error as Error).message.split('. ')[0]);
	}
}
