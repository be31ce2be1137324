const ID = /\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g;

/**
 * What a sample and an output have in common: names and their order, texts without what differs from
 * task to task, and the kinds of everything else.
 */
export function shapeOf(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(shapeOf);
	if (value !== null && typeof value === 'object') {
		return Object.entries(value).map(([name, inner]) => [name, shapeOf(inner)]);
	}
	return typeof value === 'string' ? kindOf(value) : value === null ? null : typeof value;
}

function kindOf(text: string): string {
	if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text)) return '(time)';
	if (/^https?:\/\/\S+$/.test(text)) return `(address of ${text.split('/').at(-1)})`;
	return text.replace(ID, '(ID)');
}
