/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { afterEach, beforeEach } from '@jest/globals';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { BinaryDataService } from 'n8n-core';
import type { IBinaryData, IDataObject, INodeExecutionData } from 'n8n-workflow';

import { openBinaryStore } from './binaryStore';
import { jpg, png, webp } from '../media/pictures';

type FileFacts = Partial<Record<'fileName' | 'mimeType', string>>;

const PLACE = { type: 'execution' as const, workflowId: 'w1', executionId: '4711' };

/** Gives every test of the file a binary store of its own. */
export function useBinaryStore(mode: 'default' | 'filesystem' = 'default') {
	const store = { folder: '', service: undefined as BinaryDataService | undefined };

	beforeEach(async () => {
		store.folder = await mkdtemp(join(tmpdir(), 'luma-binary-'));
		store.service = await openBinaryStore(mode, store.folder);
	});

	afterEach(async () => await rm(store.folder, { recursive: true, force: true }));

	async function stored(bytes: Buffer, own: FileFacts = {}): Promise<IBinaryData> {
		const usual = { mimeType: 'application/octet-stream', fileName: 'photo.jpg' };
		return await store.service!.store(PLACE, bytes, { data: '', ...usual, ...own });
	}

	return {
		/** An item with a file, as an earlier node would bring it. */
		async item(bytes: Buffer, file?: FileFacts): Promise<INodeExecutionData> {
			return { json: {}, binary: { data: await stored(bytes, file) } };
		},

		/** An item with several files, by binary property. */
		async itemOf(files: Record<string, Buffer>, json: IDataObject = {}) {
			const binary: Record<string, IBinaryData> = {};
			for (const [name, bytes] of Object.entries(files)) binary[name] = await stored(bytes);
			return { json, binary };
		},

		/** The bytes of an output file. */
		async bytesOf(file: IBinaryData | undefined): Promise<Buffer> {
			return await store.service!.getAsBuffer(file!);
		},

		/** The names of all files that the store holds. */
		async files(): Promise<string[]> {
			return await readdir(store.folder, { recursive: true });
		},
	};
}

/** What stands behind a picture makes the content another one. */
const marked =
	(make: () => Buffer) =>
	(mark = '') =>
		Buffer.concat([make(), Buffer.from(mark)]);

export const picture = { jpg: marked(jpg), png: marked(png), webp: marked(webp) };
