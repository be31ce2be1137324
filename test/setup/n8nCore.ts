/* eslint-disable @n8n/community-nodes/no-restricted-globals */
/** Runs before each file of tests that load n8n's engine. */

// What goes wrong in a node is in the run's data, which the tests look at.
process.env.N8N_LOG_LEVEL = 'silent';

// n8n-core starts intervals for as long as n8n runs (its SSH connections are cleaned up each minute);
// they must not keep jest from ending.
const startInterval = globalThis.setInterval;
globalThis.setInterval = ((...call: Parameters<typeof setInterval>) =>
	startInterval(...call).unref()) as typeof setInterval;
