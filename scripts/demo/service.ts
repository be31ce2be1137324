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

export async function openService(renderSeconds: number): Promise<PiapiService> {
	const apiKey = ownKey();
	return apiKey ? piapiItself(apiKey) : await openSimulator(renderSeconds);
}

export function ownKey(): string | undefined {
	return process.env.PIAPI_API_KEY?.trim() || undefined;
}

function piapiItself(apiKey: string): PiapiService {
	return {
		name: 'PiAPI',
		costsMoney: true,
		credential: {
			apiKey,
			specialCases: true,
			baseUrl: process.env.PIAPI_BASE_URL || 'https://api.piapi.ai',
			uploadBaseUrl: process.env.PIAPI_UPLOAD_BASE_URL || 'https://upload.theapi.app',
		},
		close: async () => {},
	};
}

async function openSimulator(renderSeconds: number): Promise<PiapiService> {
	const apiKey = 'simulated-key';
	const simulator = new Simulator({ apiKey, renderSeconds });
	const { url, close } = await serve(simulator, { port: 0 });
	return {
		name: 'PiAPI (simulator)',
		costsMoney: false,
		credential: { apiKey, specialCases: true, baseUrl: url, uploadBaseUrl: url },
		close,
	};
}
