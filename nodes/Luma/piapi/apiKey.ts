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
