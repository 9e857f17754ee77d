// Texts of 150 characters cut from Debian's fortunes-es: how many fit one SMS under each policy, and how
// long counting takes in C, in the page's script and in split-sms (npm), side by side.
//   node text_bench.js SPLIT_SMS_DIRECTORY C_BENCH
'use strict';
const path = require('path');
const { spawnSync } = require('child_process');
const SmsText = require('../../htdocs/text.js');
const { windows } = require('../text/spanish.js');

const ROUNDS = 15;
const texts = windows();

function round(count) {
  const start = process.hrtime.bigint();
  let sum = 0;
  for (const text of texts) sum += count(text);
  if (sum < texts.length) throw new Error('nothing counted');
  return Number(process.hrtime.bigint() - start) / texts.length / 1000;
}

// Best of some rounds each, turn by turn, so that both meet the same machine.
function sideBySide(counters) {
  const best = counters.map(() => Infinity);
  for (let i = 0; i < ROUNDS; i++) counters.forEach((count, k) => { best[k] = Math.min(best[k], round(count)); });
  return best;
}

function main() {
  const [directory, bench] = process.argv.slice(2);
  const peer = require(path.resolve(directory));
  const c = spawnSync(bench, { input: texts.join('\n') + '\n' });
  if (c.status !== 0) throw new Error('the C bench failed');
  const byPolicy = new Map(c.stdout.toString().trim().split('\n').map((line) => [line.split(' ')[0], line.split(' ').slice(1).map(Number)]));
  const [split, ...ours] = sideBySide([(t) => peer.split(t).parts.length,
    ...['translit', 'spanish', 'unicode'].map((policy) => (t) => SmsText.count(t, policy).segments)]);
  console.log(`text: ${texts.length} Spanish texts of 150 characters`);
  console.log(`  ${'policy'.padEnd(10)} one SMS     C  page's script  times faster than split-sms (${split.toFixed(2)} us a text)`);
  ['translit', 'spanish', 'unicode'].forEach((policy, i) => {
    const [ns, share] = byPolicy.get(policy);
    console.log(`  ${policy.padEnd(10)} ${share.toFixed(1).padStart(5)} %  ${(ns / 1000).toFixed(2)} us  ${ours[i].toFixed(2).padStart(9)} us  ${(split / ours[i]).toFixed(1).padStart(12)}`);
  });
}

main();
