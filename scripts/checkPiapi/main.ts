/* eslint-disable @n8n/community-nodes/no-restricted-globals, no-console */
/**
 * npm run check:piapi: whether PiAPI is as this package takes it to be. Each fact is a case of node:test.
 */
import { version } from '../../package.json';
import { PiapiError } from '../../nodes/Luma/piapi/errors';
import { baseUrlProblem } from '../../nodes/Luma/piapi/addresses';
import { readFlags, UsageError } from '../ending';
import * as facts from './facts';
import { payForOne } from './paidVideo';
import { openPiapi } from './piapi';
import * as taskFacts from './taskFacts';

const usage = `npm run check:piapi -- [options]

Compares PiAPI with what this package takes for granted about it, and ends with a report for an issue.
Without options it makes free calls only. The key and other secrets are never shown.

  --pay    Also make one video of 5 seconds, which costs about $0.20: asks for --yes
  --yes    Yes, pay for it
  --help   Show this text

Environment:
  PIAPI_API_KEY   The key of your PiAPI account. Needed.
  PIAPI_BASE_URL  PiAPI's address when it is not https://api.piapi.ai

Exit code: 0 when everything that was seen holds, 1 when something does not or PiAPI could not be asked,
2 when the command needs something else from you.`;

const price = `--pay makes one video of 5 seconds, which costs about $0.20. Nothing has been spent.
To make it:  npm run check:piapi -- --pay --yes`;

async function main(): Promise<void> {
	const flag = { type: 'boolean', default: false } as const;
	const { pay, yes, help } = readFlags({ pay: flag, yes: flag, help: flag });
	if (help) return console.log(usage);
	if (pay && !yes) throw new UsageError(price);
	const apiKey = process.env.PIAPI_API_KEY?.trim();
	if (!apiKey) throw new UsageError('PIAPI_API_KEY has to hold your PiAPI key');
	const baseUrl = (process.env.PIAPI_BASE_URL || 'https://api.piapi.ai').replace(/\/+$/, '');
	if (baseUrlProblem(baseUrl)) throw new UsageError('PIAPI_BASE_URL has to begin with https://');

	const day = new Date().toISOString().slice(0, 10);
	const way = pay ? 'with one paid video' : 'free calls only';
	console.log(`Contract check of PiAPI, ${day}, version ${version}, ${way}.`);
	console.log('Up to 20 calls; this takes some minutes where few are allowed …');
	const piapi = await openPiapi(baseUrl, apiKey);
	const paid = pay ? await payForOne(piapi) : undefined;
	facts.declareAccountFacts(piapi);
	facts.declareRefusalFacts(piapi);
	facts.declareListFacts(piapi);
	facts.declareRowFacts(piapi);
	taskFacts.declarePaidFacts(paid);
	const seen = [...(paid?.end ? [paid.end] : []), ...piapi.read.map(({ task }) => task)];
	taskFacts.declareTaskFacts(piapi.rows, seen);
	taskFacts.declareVideoFacts(seen, pay);
	facts.declareAnswerFacts(piapi);
	taskFacts.declareUntried();
}

main().catch((error: Error) => {
	const isUsage = error instanceof UsageError;
	process.exitCode = isUsage ? 2 : 1;
	if (isUsage) return console.error(`${error.message}\nSee: npm run check:piapi -- --help`);
	const isRefused = error instanceof PiapiError && error.code === 'wrongKey';
	const advice = 'PiAPI refuses the key in PIAPI_API_KEY. Check it in your workspace at piapi.ai.';
	console.error(`✗ ${isRefused ? advice : error.message}`);
});
