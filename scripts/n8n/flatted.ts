/**
 * n8n stores what an execution did in the "flatted" form: one array of values in which every string
 * inside an object or array is the position of the value it stands for.
 */
export function parseFlatted(text: string): unknown {
	const values = JSON.parse(text) as unknown[];
	const revived = new Map<number, unknown>();

	const revive = (position: number): unknown => {
		if (revived.has(position)) return revived.get(position);
		const value = values[position];
		if (typeof value !== 'object' || value === null) return value;

		const target: Record<string, unknown> | unknown[] = Array.isArray(value) ? [] : {};
		// Before its members, as one of them may be the object itself.
		revived.set(position, target);
		for (const [name, member] of Object.entries(value)) {
			const real: unknown = typeof member === 'string' ? revive(Number(member)) : member;
			Object.assign(target, { [name]: real });
		}
		return target;
	};
	return revive(0);
}
