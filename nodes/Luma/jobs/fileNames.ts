import type { BinaryFiles } from './job';

const MAX_WORDS = 6;
const MAX_WORDS_LENGTH = 60;
const MAX_LENGTH = 100;

/** The name, without ending, of a file that nobody has named: `luma-` and the first words of the prompt. */
export function nameFromPrompt(prompt: string | null, taskId: string): string {
	const words = (prompt ?? '')
		.normalize('NFKD')
		.replace(/['’]|\p{M}/gu, '')
		.toLowerCase()
		.match(/[a-z0-9]+/g);
	// A prompt in another script has no words that every system takes as a file's name.
	if (!words) return `luma-${taskId}`;
	const start = words.slice(0, MAX_WORDS).join('-').slice(0, MAX_WORDS_LENGTH);
	return `luma-${start.replace(/-$/, '')}`;
}

const ENDING = /\.(mp4|mov|webm|mkv|jpe?g|png|gif|webp)$/i;
const UNSAFE = /[\p{C}<>:"/\\|?*]+/gu;

/**
 * A name that every system takes, as close as possible to what a person wrote, without the ending,
 * which follows from the content. Empty when nothing is left of it.
 */
export function safeFileName(name: string): string {
	const safe = name.trim().replace(ENDING, '').replace(UNSAFE, '-');
	const [start = ''] = new RegExp(`^.{0,${MAX_LENGTH}}`, 'u').exec(safe) ?? [];
	const trimmed = start.replace(/^[.\s-]+|[.\s]+$/g, '');
	return /[\p{L}\p{N}\p{So}]/u.test(trimmed) ? trimmed : '';
}

/** Numbers the files of a run that would have the same name: clip.mp4, clip-2.mp4, … */
export function withDistinctNames(
	outputs: ReadonlyArray<BinaryFiles | undefined>,
): Array<BinaryFiles | undefined> {
	const taken = new Set<string>();
	return outputs.map((files) => {
		if (!files) return files;
		const named = Object.entries(files).map(([property, file]) => {
			const fileName = freeName(file.fileName ?? '', taken);
			return [property, { ...file, fileName }] as const;
		});
		return Object.fromEntries(named);
	});
}

function freeName(fileName: string, taken: Set<string>): string {
	const dot = fileName.lastIndexOf('.');
	const [stem, ending] = dot > 0 ? [fileName.slice(0, dot), fileName.slice(dot)] : [fileName, ''];
	let free = fileName;
	// Most file systems make no difference between capital and small letters.
	for (let count = 2; taken.has(free.toLowerCase()); count++) free = `${stem}-${count}${ending}`;
	taken.add(free.toLowerCase());
	return free;
}
