import { PiapiClient, type ClientOptions } from './client';
import { askForAccount, gatherFree } from './evidence';
import { isRefusedKey } from './facts/account';
import { facts } from './facts';
import { payForOne } from './paid';
import { lineOf, reportOf, withoutSecrets, type FactResult } from './report';

interface CheckOptions extends ClientOptions {
	pays: boolean;
	/** Of this package. */
	version: string;
	print: (text: string) => void;
}

/** What was found out, and the exit code that says so; nothing was when PiAPI refuses the key. */
interface CheckResult {
	exitCode: 0 | 1;
	judged: FactResult[];
}

/** Asks PiAPI, and prints which facts hold. */
export async function checkPiapi(options: CheckOptions): Promise<CheckResult> {
	const { pays, apiKey, version, time } = options;
	const print = (text: string) => options.print(withoutSecrets(text, [apiKey]));
	const client = new PiapiClient(options);
	print('Asking PiAPI (up to 20 calls, some minutes where few are allowed) …');
	const account = await askForAccount(client);
	if (isRefusedKey(account)) {
		print('PiAPI refuses the key in PIAPI_API_KEY. Check it in your workspace at piapi.ai.');
		return { exitCode: 1, judged: [] };
	}
	const evidence = await gatherFree(client, options.fetch, account);
	if (pays) {
		print('Making one video of 5 seconds (2 minutes or more) …');
		evidence.paid = await payForOne(client, time, options.fetch, (taskId) =>
			print(`Its task is ${taskId}; Task → Wait brings its video.`),
		);
	}

	const judged = facts.map((fact) => ({ fact, outcome: fact.check(evidence) }));
	for (const each of judged) print(lineOf(each));
	print(`\n${reportOf(judged, version, new Date(time.now()), pays)}`);
	return { exitCode: judged.some(({ outcome }) => outcome.kind === 'differs') ? 1 : 0, judged };
}
