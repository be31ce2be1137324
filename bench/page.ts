import { asMarkdown, goalSection, type Section } from './section';

const BEGIN = '<!-- Figures: npm run bench -->';
const END = '<!-- End of the figures -->';
/** The page with these figures in place of the earlier ones. */
export function pageWith(page: string, setting: string, sections: Section[]): string {
	const [before] = page.split(BEGIN);
	const [, after = ''] = page.split(END);
	return [before + BEGIN, setting, tablesOf(sections), END + after].join('\n\n');
}

/** The goals of all sections, then each section. */
export function tablesOf(sections: Section[]): string {
	const goals = goalSection(sections.flatMap((section) => section.goals));
	return [goals, ...sections].map(asMarkdown).join('\n\n');
}
