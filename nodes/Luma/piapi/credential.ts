import { NodeOperationError } from 'n8n-workflow';

import { baseUrlProblem } from './addresses';
import type { NodeContext } from './http';

/** Where PiAPI answers and takes image files, unless the credential says otherwise. */
export const PIAPI_URL = 'https://api.piapi.ai';
export const UPLOAD_URL = 'https://upload.theapi.app';

/** The PiAPI credential, without the blanks that come along when a text is copied. */
export interface Credential {
	apiKey: string;
	/** Address of PiAPI, without a slash at its end. */
	baseUrl: string;
	/** Address of PiAPI's file store; checked when it is used. */
	uploadBaseUrl: string;
	/** For a server of the user's own that receives webhooks; absent where there is none. */
	webhookSecret?: string;
	/** US dollars in 24 hours as the user entered it; 0 means no limit. */
	dailyLimitUsd: unknown;
}

/** Reads the node's credential; to be checked with `credentialProblem` before its key is sent. */
export async function credentialOf(context: NodeContext, itemIndex?: number): Promise<Credential> {
	const stored = await context.getCredentials('piapiApi', itemIndex);
	const text = (value: unknown) => String(value ?? '').trim();
	return {
		apiKey: text(stored.apiKey),
		baseUrl: text(stored.baseUrl ?? PIAPI_URL).replace(/\/+$/, ''),
		uploadBaseUrl: text(stored.uploadBaseUrl ?? UPLOAD_URL).replace(/\/+$/, ''),
		webhookSecret: text(stored.webhookSecret) || undefined,
		dailyLimitUsd: stored.dailyLimitUsd === undefined ? 0 : stored.dailyLimitUsd,
	};
}

/** @throws NodeOperationError when the key cannot be sent, or the address is not safe for one, before any request */
export function checkCredential(context: NodeContext, { apiKey, baseUrl }: Credential): void {
	const problem = baseUrlProblem(baseUrl) ?? apiKeyProblem(apiKey);
	if (problem) throw new NodeOperationError(context.getNode(), problem, { level: 'warning' });
}

/** What is not allowed in a header: everything but visible ASCII characters. */
const OUTSIDE_A_KEY = /[^\x21-\x7e]/u;

/**
 * What to correct in the API key of the credential before it can be sent. A copied key can hold
 * invisible characters: line breaks, zero-width spaces, a byte order mark.
 *
 * @returns a message that does not hold the key, or undefined when all is well
 */
export function apiKeyProblem(apiKey: unknown): string | undefined {
	const key = String(apiKey ?? '').trim();
	if (key === '') {
		return 'The PiAPI credential has no API key. Open the credential and paste the key from app.piapi.ai (Keys).';
	}
	const found = OUTSIDE_A_KEY.exec(key);
	if (!found) return undefined;
	const code = found[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
	return `'API Key' in the PiAPI credential holds a character that no key has (U+${code}, at position ${found.index + 1}). Such characters can come along invisibly when a key is copied. Empty the field and copy the key again from app.piapi.ai (Keys).`;
}
