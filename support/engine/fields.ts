import type { INodeProperties } from 'n8n-workflow';

export type FieldAt = INodeProperties & { path: string };

/** Fields with those inside of them, at their paths in a saved workflow. */
export function fieldsIn(fields: INodeProperties[], before = ''): FieldAt[] {
	return fields.flatMap((field) => {
		const path = before + field.name;
		const inner = (field.options ?? []).flatMap((option) => {
			if ('values' in option) return fieldsIn(option.values, `${path}.${option.name}.`);
			return 'type' in option ? fieldsIn([option], `${path}.`) : [];
		});
		return [{ ...field, path }, ...inner];
	});
}
