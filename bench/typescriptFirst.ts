/**
 * For programs that load the node from its sources: beside `Luma.node.ts` lies `Luma.node.json`, which
 * an import of `Luma.node` would find first.
 */
const extensions = require.extensions as Record<string, unknown>;
const loadJson = extensions['.json'];
delete extensions['.json'];
extensions['.json'] = loadJson;
