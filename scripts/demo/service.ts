/* eslint-disable @n8n/community-nodes/no-restricted-globals */
import { serve, Simulator } from '../../simulator';

export type PiapiService = Awaited<ReturnType<typeof openService>>;

export function ownKey(): string | undefined {
	return process.env.PIAPI_API_KEY?.trim() || undefined;
}

/** The PiAPI that makes the videos: PiAPI itself, which is paid, or the simulated one in this process. */
export async function openService(renderSeconds: number) {
	const key = ownKey();
	if (key) {
		const { PIAPI_BASE_URL, PIAPI_UPLOAD_BASE_URL } = process.env;
		const baseUrl = PIAPI_BASE_URL || 'https://api.piapi.ai';
		const uploadBaseUrl = PIAPI_UPLOAD_BASE_URL || 'https://upload.theapi.app';
		const credential = credentialWith(key, baseUrl, uploadBaseUrl);
		return { name: 'PiAPI', costsMoney: true, credential, close: async () => {} };
	}
	const apiKey = 'simulated-key';
	const { url, close } = await serve(new Simulator({ apiKey, renderSeconds }));
	const credential = credentialWith(apiKey, url, url);
	return { name: 'PiAPI (simulator)', costsMoney: false, credential, close };
}

/** Fields of a `piapiApi` credential. */
function credentialWith(apiKey: string, baseUrl: string, uploadBaseUrl: string) {
	return { apiKey, specialCases: true, baseUrl, uploadBaseUrl };
}
