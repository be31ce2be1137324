/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { cpus, totalmem } from 'node:os';

import { version } from '../package.json';
import type { Setting } from './results';

const GB = 1024 ** 3;

/** Where and with what the figures were measured. */
export function settingNow(n8n?: string): Setting {
	const cores = cpus();
	const memory = Math.round(totalmem() / GB);
	return {
		date: new Date().toISOString(),
		package: version,
		node: process.versions.node,
		...(n8n && { n8n }),
		machine: `${process.platform} ${process.arch}, ${cores.length} cores (${cores[0].model.trim()}), ${memory} GB`,
	};
}
