import { NodeOperationError } from 'n8n-workflow';

import { kindOf } from '../messages/items';
import { baseUrlProblem } from './addresses';
import type { NodeContext } from './http';
import { onlyEntry, plain, withoutEnd } from './json';

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

/**
 * Reads the node's credential; to be checked with `checkCredential` before its key is sent.
 *
 * @throws NodeOperationError when an expression brings something else than a text
 */
export async function credentialOf(context: NodeContext, itemIndex?: number): Promise<Credential> {
	const stored = await context.getCredentials('piapiApi', itemIndex);
	const text = (name: keyof typeof LABELS): string => {
		const value = onlyEntry(stored[name] ?? DEFAULTS[name]);
		if (typeof value === 'string') return value.trim();
		const message = `'${LABELS[name]}' in the PiAPI credential is ${kindOf(value)}, not a text`;
		throw new NodeOperationError(context.getNode(), message, {
			description: 'Open the PiAPI credential and enter a text there. Nothing was sent to PiAPI.',
			level: 'warning',
		});
	};
	const address = (name: 'baseUrl' | 'uploadBaseUrl') => withoutEnd(plain(text(name)), '/');
	return {
		apiKey: text('apiKey'),
		// The address of a page of PiAPI can have been copied as a whole.
		baseUrl: address('baseUrl').replace(/\/api\/v1(\/task)?$/, ''),
		uploadBaseUrl: address('uploadBaseUrl'),
		webhookSecret: text('webhookSecret') || undefined,
		dailyLimitUsd: stored.dailyLimitUsd === undefined ? 0 : stored.dailyLimitUsd,
	};
}

/** n8n leaves out the addresses where the switch for special cases is off. */
const DEFAULTS = { apiKey: '', baseUrl: PIAPI_URL, uploadBaseUrl: UPLOAD_URL, webhookSecret: '' };

const LABELS = {
	apiKey: 'API Key',
	baseUrl: 'Base URL',
	uploadBaseUrl: 'Upload URL',
	webhookSecret: 'Webhook Secret',
};

/** @throws NodeOperationError when the credential cannot be used as it is, before any request */
export function checkCredential(context: NodeContext, credential: Credential): void {
	const problem = credentialProblem(credential);
	if (problem) throw new NodeOperationError(context.getNode(), problem, { level: 'warning' });
}

/** What to correct in the credential: an address that is not safe for a key, or a text that cannot be sent. */
export function credentialProblem({
	baseUrl,
	apiKey,
	webhookSecret,
}: Partial<Record<keyof Credential, unknown>>): string | undefined {
	return baseUrlProblem(baseUrl) ?? apiKeyProblem(apiKey) ?? webhookSecretProblem(webhookSecret);
}

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
	const place = placeOf(/[^\x21-\x7e]/u.exec(key));
	return (
		place &&
		`'API Key' in the PiAPI credential holds a character that no key has (${place}). Such characters can come along invisibly when a key is copied. Empty the field and copy the key again from app.piapi.ai (Keys).`
	);
}

/** PiAPI sends it back in a header, which holds visible ASCII characters and blanks only. */
function webhookSecretProblem(secret: unknown): string | undefined {
	const place = placeOf(/[^\x20-\x7e]/u.exec(String(secret ?? '').trim()));
	return (
		place &&
		`'Webhook Secret' in the PiAPI credential holds a character that PiAPI cannot send back (${place}). Use letters without accents, digits and signs such as - and _.`
	);
}

function placeOf(found: RegExpExecArray | null): string | undefined {
	if (!found) return undefined;
	const code = found[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
	return `U+${code}, at position ${found.index + 1}`;
}
