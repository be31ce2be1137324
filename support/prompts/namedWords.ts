import { promptHints } from '../../nodes/Luma/prompt/hints';

const quotedIn = (hint: string) =>
	/\(((?:"[^"]+"(?:, )?)+)\)|with ((?:"[^"]+"(?:, )?)+)/.exec(hint);
/** The words that each hint for a prompt names, one string a hint. */
export const namedWords = (prompt: string) =>
	promptHints(prompt).map((hint) => {
		const found = quotedIn(hint);
		return (found?.[1] ?? found?.[2] ?? '').replaceAll('"', '').replace(/, $/, '');
	});
