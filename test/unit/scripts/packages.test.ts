import { expect, it } from '@jest/globals';

import { withAddresses } from '../../../scripts/packages';

const registryOf = (name: string) => `https://${name.startsWith('@acme/') ? 'acme' : 'all'}.test/`;

function addressOf(path: string, entry: { name?: string; integrity?: string; version?: string }) {
	const lock = { packages: { [path]: { integrity: 'sha512-x', version: '1.2.3', ...entry } } };
	return withAddresses(lock, registryOf).packages[path].resolved;
}

it.each([
	['node_modules/plain', {}, 'https://all.test/plain/-/plain-1.2.3.tgz'],
	['node_modules/@acme/tool', {}, 'https://acme.test/@acme/tool/-/tool-1.2.3.tgz'],
	['node_modules/a/node_modules/b', {}, 'https://all.test/b/-/b-1.2.3.tgz'],
	['node_modules/alias', { name: '@acme/real' }, 'https://acme.test/@acme/real/-/real-1.2.3.tgz'],
])('works out the address of %s (%j), so that npm need not look it up', (path, entry, address) => {
	expect(addressOf(path, entry)).toBe(address);
});

it('gives no address to the project itself and to what no registry holds', () => {
	expect(addressOf('', {})).toBeUndefined();
	expect(addressOf('node_modules/linked', { integrity: undefined })).toBeUndefined();
});
