/** What a resource locator names. An expression, or a workflow from before there was a list, gives the bare value. */
export function locatorValue(parameter: unknown): unknown {
	const isLocator =
		typeof parameter === 'object' &&
		parameter !== null &&
		'mode' in parameter &&
		'value' in parameter;
	return isLocator ? parameter.value : parameter;
}
