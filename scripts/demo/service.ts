/* eslint-disable @n8n/community-nodes/no-restricted-globals */
import { serve, Simulator } from '../../simulator';

/** The PiAPI that makes the videos: PiAPI itself, or the simulated one in this process. */
export interface PiapiService {
	name: string;
	/** Whether every video made here is paid for; the simulator's are not. */
	costsMoney: boolean;
	/** Fields of a `piapiApi` credential. */
	credential: { apiKey: string; specialCases: true; baseUrl: string; uploadBaseUrl: string };
	close(): Promise<void>;
}

export function ownKey(): string | undefined {
	return process.env.PIAPI_API_KEY?.trim() || undefined;
}

export async function openService(renderSeconds: number): Promise<PiapiService> {
	const apiKey = ownKey();
	if (apiKey) {
		const { PIAPI_BASE_URL, PIAPI_UPLOAD_BASE_URL } = process.env;
		const baseUrl = PIAPI_BASE_URL || 'https://api.piapi.ai';
		const uploadBaseUrl = PIAPI_UPLOAD_BASE_URL || 'https://upload.theapi.app';
		const credential = { apiKey, specialCases: true as const, baseUrl, uploadBaseUrl };
		return { name: 'PiAPI', costsMoney: true, credential, close: async () => {} };
	}
	const key = 'simulated-key';
	const { url, close } = await serve(new Simulator({ apiKey: key, renderSeconds }));
	return {
		name: 'PiAPI (simulator)',
		costsMoney: false,
		credential: { apiKey: key, specialCases: true, baseUrl: url, uploadBaseUrl: url },
		close,
	};
}
