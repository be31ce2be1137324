import { shortened } from '../messages/items';
import { withoutEnd } from './json';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** The address as a URL when it is a complete http(s) address, else undefined. */
export function webAddress(value: unknown): URL | undefined {
	if (typeof value !== 'string') return undefined;
	const address = value.trim();
	return /^https?:\/\//i.test(address) && URL.canParse(address) ? new URL(address) : undefined;
}

/** As much as is searched of a text, the longest link in one, and the most of them. */
const [MAX_TEXT, MAX_LINK, MAX_LINKS] = [100_000, 8_192, 500];
const LINK = /https?:\/\/(?:(?![,;]https?:)[^\s"'<>\\`{}|])+/gi;

/** The web addresses in a text: it can be one, or have words and marks around some. */
export function webAddressesIn(text: string): string[] {
	const found = text.slice(0, MAX_TEXT).match(LINK) ?? [];
	const isWhole = found.length === 1 && found[0] === text.trim();
	return found
		.slice(0, MAX_LINKS)
		.map((link) => (isWhole ? link : withoutEnd(link, ')]*_.,;:!?')))
		.filter((link) => link.length <= MAX_LINK && URL.canParse(link));
}

/** Scheme, host and port of an http(s) address, else undefined. */
export function originOf(value: unknown): string | undefined {
	return webAddress(value)?.origin;
}

/** Whether the address stays on this computer, so that plain http is safe. */
function isLoopback(url: URL): boolean {
	return LOOPBACK.test(url.hostname);
}

/** Whether nobody on the way can read along: an https address, or one of this computer. */
export function isProtected(url: URL): boolean {
	return url.protocol === 'https:' || isLoopback(url);
}

/**
 * What to correct in a base URL of the credential before a key may be sent there.
 *
 * @returns one sentence for the person who fills in the credential, or undefined when all is well
 */
export function baseUrlProblem(baseUrl: unknown): string | undefined {
	const url = webAddress(baseUrl);
	if (!url) {
		return `“${shortened(baseUrl)}” is not a web address. Enter a complete one in the PiAPI credential, such as https://api.piapi.ai.`;
	}
	if (!isProtected(url)) {
		return `${shortened(url.origin)} would send your PiAPI key unprotected. Change http:// to https:// in the PiAPI credential.`;
	}
	if (url.username || url.password) {
		return 'The address in the PiAPI credential holds a user name or password. Take it out: the API key is all that PiAPI needs.';
	}
	return undefined;
}

// Addresses that only exist within one network, or are no computer's (RFC 1918, 3927, 6598, 6761, 6762, 6890, 8375 and others).
const PRIVATE_IPV4 =
	/^(0|10|127|22[4-9]|2[3-5]\d)\.|^169\.254\.|^192\.168\.|^192\.0\.0\.|^198\.1[89]\.|^172\.(1[6-9]|2\d|3[01])\.|^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./;
const PRIVATE_NAME =
	/^[^.]+$|\.(localhost|local|internal|intranet|corp|private|svc|lan|home\.arpa)$|\.$/;
// Without 6to4 and Teredo, which can hold any IPv4 address and are out of use.
const PUBLIC_IPV6 = /^\[(?!2002:|2001:0?:)[23]/;
const IPV4 = /^\d+(\.\d+){3}$/;

/** Whether the address is one of the internet, going by its host's name or number. */
export function isPublic({ hostname: host }: URL): boolean {
	// A name with a dot at its end is the same name.
	const hostname = host.replace(/\.$/, '');
	if (hostname.startsWith('[')) return PUBLIC_IPV6.test(hostname);
	return !(IPV4.test(hostname) ? PRIVATE_IPV4 : PRIVATE_NAME).test(hostname);
}

/** A PiAPI on this computer reaches whatever is there. */
function reachesEverything(baseUrl: unknown): boolean {
	const piapi = webAddress(baseUrl);
	return piapi !== undefined && isLoopback(piapi);
}

/** Whether PiAPI can report to the address: it calls public https addresses only. */
export function canBeCalled(address: URL, baseUrl: unknown): boolean {
	if (reachesEverything(baseUrl)) return true;
	return address.protocol === 'https:' && isPublic(address);
}

/** Whether PiAPI can open the address: it is in no private network. */
export function canBeFetched(address: URL, baseUrl: unknown): boolean {
	return reachesEverything(baseUrl) || isPublic(address);
}
