/** What stands between the markers, by the name in the first of them. */
export type Sections = Record<string, string>;

const GENERATED = /<!-- generated: (.+?) -->[\s\S]*?<!-- end -->/g;

/** An empty place for a generated section. */
export function placeFor(name: string): string {
	return `<!-- generated: ${name} -->\n<!-- end -->`;
}

/**
 * The page with these sections between their markers.
 *
 * @throws Error when the page names a section that is not there, or has no place for one that is
 */
export function fill(page: string, sections: Sections, path: string): string {
	const places = [...page.matchAll(GENERATED)].map(([, name]) => name);
	for (const name of places.filter((place) => !(place in sections))) {
		throw new Error(
			`${path}: nothing is generated for “${name}” any more. Remove its markers and the text that belongs to them.`,
		);
	}
	for (const name of Object.keys(sections).filter((section) => !places.includes(section))) {
		throw new Error(`${path} has no place for “${name}”. Add these lines:\n${placeFor(name)}`);
	}
	return page.replace(
		GENERATED,
		(_, name: string) => `<!-- generated: ${name} -->\n\n${sections[name]}\n\n<!-- end -->`,
	);
}
