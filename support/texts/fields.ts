import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { PiapiApi } from '../../credentials/PiapiApi.credentials';
import { descriptions as NODES } from '../../scripts/docs/nodes';
import { fieldsIn } from '../engine/fields';

export { NODES };

/** Every field of the package, however deep it lies; each once. */
export const FIELDS = unique([
	...NODES.flatMap(({ properties }) => fieldsIn(properties)),
	...fieldsIn(new PiapiApi().properties),
]);

/** Every entry of a list. */
export const CHOICES = FIELDS.flatMap(({ options = [] }) =>
	options.filter((option): option is INodePropertyOptions => 'value' in option),
);

/** The same field is offered by several operations. */
function unique(fields: INodeProperties[]): INodeProperties[] {
	const texts = ({ displayName, description, placeholder, hint, options }: INodeProperties) =>
		JSON.stringify([displayName, description, placeholder, hint, options]);
	return [...new Map(fields.map((field) => [texts(field), field])).values()];
}
