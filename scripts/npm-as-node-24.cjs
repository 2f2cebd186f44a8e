/**
 * Loaded into npm when it runs on a Node older than ours. npm leaves out optional packages whose `engines` refuse the
 * Node that runs it, without a word, and the native halves of vitest, oxlint and TypeScript are such packages. They
 * will run on the Node that this very installation brings, so that is the version npm is told.
 */
const { engines } = require("../package.json");

Object.defineProperty(process, "version", { value: `v${engines.node.replace(">=", "")}.0` });
