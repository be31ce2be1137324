import {
	ApplicationError,
	type ICredentialDataDecryptedObject,
	type ICredentialTestRequest,
	type ICredentialType,
	type IHttpRequestOptions,
	type INodeProperties,
} from 'n8n-workflow';

import { MAX_LIMIT_USD } from '../nodes/Luma/jobs/spending/price';
import { originOf } from '../nodes/Luma/piapi/addresses';
import { credentialProblem, PIAPI_URL, UPLOAD_URL } from '../nodes/Luma/piapi/credential';

/** What n8n asks to sign: its newer request options name the address `url`, those of the HTTP Request node `uri`. */
type SignedRequest = IHttpRequestOptions & {
	uri?: string;
	followRedirect?: boolean;
	followAllRedirects?: boolean;
	maxRedirects?: number;
};

/** n8n drops the values of hidden fields, so the code has the addresses too. */
const FOR_SPECIAL_CASES = { show: { specialCases: [true] } };

export class PiapiApi implements ICredentialType {
	name = 'piapiApi';

	displayName = 'PiAPI API';

	icon = { light: 'file:piapi.svg', dark: 'file:piapi.dark.svg' } as const;

	documentationUrl =
		'https://github.com/n8n-nodes-piapi-luma/n8n-nodes-piapi-luma/blob/main/docs/getting-started.md';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description:
				"Your PiAPI key. Find it in the PiAPI workspace (app.piapi.ai) under Keys. It is only ever sent to PiAPI's two addresses.",
		},
		{
			displayName: 'Daily Spending Limit (USD)',
			name: 'dailyLimitUsd',
			type: 'number',
			typeOptions: { minValue: 0, maxValue: MAX_LIMIT_USD, numberPrecision: 2 },
			default: 0,
			description:
				'How many US dollars the Luma videos of this account may cost in 24 hours, all workflows together. What would exceed the limit is not created, and says when there is room again. Where the task list of PiAPI cannot be read, nothing is created. 0 means no limit.',
		},
		{
			displayName: 'Show Settings for Special Cases',
			name: 'specialCases',
			type: 'boolean',
			default: false,
			description:
				"Whether to use other addresses than PiAPI's own, or a secret for webhooks to a server of your own. Nobody else needs them, and while this is off they are not used.",
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: PIAPI_URL,
			displayOptions: FOR_SPECIAL_CASES,
			description:
				'Where PiAPI answers. Leave as it is unless you use a proxy of your own. Has to start with https:// (http:// only for this computer, such as http://127.0.0.1:3999).',
		},
		{
			displayName: 'Upload URL',
			name: 'uploadBaseUrl',
			type: 'string',
			default: UPLOAD_URL,
			displayOptions: FOR_SPECIAL_CASES,
			description:
				'Where PiAPI takes image files. Leave as it is unless you use a proxy of your own. The same rule for https:// applies.',
		},
		{
			displayName: 'Webhook Secret',
			name: 'webhookSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			displayOptions: FOR_SPECIAL_CASES,
			description:
				"Only for a server of your own that takes the webhooks of finished videos: a long random text of your choice, which PiAPI sends along to the 'Callback URL' of a new video. Without one, each request for a video carries a secret of its own.",
		},
	];

	/**
	 * Adds the key as `x-api-key`, and only to requests for the credential's own two addresses:
	 * a request for any other host (a video link, the HTTP Request node) is refused. A redirect is not
	 * followed, because n8n would send the key along to wherever it leads (seen on 2.8).
	 *
	 * @throws ApplicationError when the request goes elsewhere, an address is not safe for a key, or the
	 * key cannot be sent
	 */
	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		request: SignedRequest,
	): Promise<IHttpRequestOptions> {
		const { baseUrl = PIAPI_URL, uploadBaseUrl = UPLOAD_URL } = credentials;
		const addresses = [baseUrl, uploadBaseUrl];
		const targets = targetsOf(request);
		const address = addresses.find((candidate) => {
			const origin = originOf(candidate);
			return origin !== undefined && targets.every((target) => target === origin);
		});
		if (targets.length === 0 || address === undefined) {
			throw new ApplicationError(
				"The PiAPI key is only sent to the 'Base URL' and the 'Upload URL' of the credential. Use an address that starts with one of them.",
				{ level: 'warning' },
			);
		}

		const { apiKey, webhookSecret } = credentials;
		const problem = credentialProblem({ baseUrl: address, apiKey, webhookSecret });
		if (problem) throw new ApplicationError(problem, { level: 'warning' });

		const signed: SignedRequest = {
			...request,
			headers: { ...request.headers, 'x-api-key': String(apiKey).trim() },
			disableFollowRedirect: true,
			followRedirect: false,
			followAllRedirects: false,
			maxRedirects: 0,
		};
		return signed;
	}

	/**
	 * Reads the account, which is free. The rules look at the body alone: n8n 2.8 does not apply rules
	 * about the HTTP status to a credential that signs its requests by itself.
	 */
	test: ICredentialTestRequest = {
		request: {
			// As the nodes read it, too, where the address of a page was copied as a whole.
			baseURL: `={{ ($credentials.baseUrl ?? "${PIAPI_URL}").trim().replace(/\\/(api\\/v1\\/?(task\\/?)?)?$/, "") }}`,
			url: '/account/info',
			disableFollowRedirect: true,
			ignoreHttpStatusErrors: true,
		},
		rules: [
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'code',
					value: 401,
					message:
						'Check the PiAPI key: PiAPI does not accept it. Copy it again from app.piapi.ai, under Keys.',
				},
			},
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'code',
					value: 403,
					message:
						'PiAPI knows this key but rejects it. Check at app.piapi.ai, under Keys, that the key is active, and that your account is in order.',
				},
			},
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'code',
					value: 500,
					message:
						'PiAPI has an outage of its own, so nothing can be said about the key. Try again in a minute.',
				},
			},
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'data.plan',
					value: undefined,
					message:
						"No PiAPI account was found at this address. Check the 'Base URL', or try again in a minute.",
				},
			},
		],
	};
}

/** The origins of all addresses that the request names; undefined stands for one that is none. */
function targetsOf({ url, uri, baseURL }: SignedRequest): Array<string | undefined> {
	return [url, uri]
		.filter((address) => address !== undefined)
		.map((address) =>
			URL.canParse(address, baseURL) ? originOf(new URL(address, baseURL).href) : undefined,
		);
}
