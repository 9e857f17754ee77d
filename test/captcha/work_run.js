// Runs the page's Worker outside of a browser: node work_run.js ID BITS prints the number it finds,
// and on standard error how many it tried a second.
"use strict";
const { readFileSync } = require("fs");
const { runInThisContext } = require("vm");

const [id, bits] = process.argv.slice(2);
const begin = process.hrtime.bigint();
globalThis.self = globalThis;
globalThis.postMessage = ({ nonce }) => {
  if (nonce === undefined) return;
  const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
  console.log(nonce);
  console.error(`${Math.round(Number(nonce) / seconds / 1000)} thousand hashes a second`);
};
runInThisContext(readFileSync("htdocs/work.js", "utf8"));
globalThis.onmessage({ data: { id, bits: Number(bits) } });
