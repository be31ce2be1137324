import fc from 'fast-check';

/** Words that carry no meaning for any rule: they neither negate, praise nor move the camera. */
export const plainWord = fc.constantFrom(
	...['fox', 'ridge', 'lantern', 'knot', 'nothing', 'northern', 'notebook', 'panorama'],
	...['Zürich', 'étude', '狐狸', 'f/1.8', '16:9'],
);

const noise = fc.constantFrom(' ', '  ', '\n', '\t ', '\u00a0', ' \r\n ');
const punctuation = fc.constantFrom(
	...['', '', '', '.', ',', ' ,', '..', '...', '!', '?!', ';;', ' . '],
);

/** What people type into a field: words with odd blanks and odd punctuation, sometimes nothing. */
export const messyText = fc
	.tuple(
		fc.constantFrom('', ' ', ', ', '. '),
		fc.array(fc.tuple(plainWord, punctuation, noise), { maxLength: 6 }),
	)
	.map(([start, words]) => start + words.map((parts) => parts.join('')).join(''));

/** The words of a text, in order, without case, punctuation and blanks. */
export function messageOf(text: string): string[] {
	return text.toLowerCase().match(/[\p{L}\p{M}\p{N}/]+/gu) ?? [];
}

/** Double blanks, blanks at the ends, line breaks: nothing of this may be in a prompt. */
export const UNTIDY = /^\s|\s$|\s\s|[^\S ]/;
