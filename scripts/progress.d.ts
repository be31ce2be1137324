/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import type { SpawnOptionsWithoutStdio } from 'node:child_process';

export function elapsed(sinceMs: number): string;
export function runQuietly(
	command: string,
	args: string[],
	options?: SpawnOptionsWithoutStdio,
): Promise<string>;
export function withProgress<T>(
	label: string,
	done: string,
	work: () => T | Promise<T>,
): Promise<T>;
