// No segment ends inside a grapheme cluster that would fit into one, and none ends early: the C code's
// cuts against ICU's boundaries (Intl.Segmenter).
//   node clusters.js TEXT_LINES
'use strict';
const { spawnSync } = require('child_process');

const PIECES = [
  'a', 'ñ', 'é', 'x\u0301\u0323', '😀', '👍🏽', '👨‍👩‍👧‍👦', '❤️', '🏳️‍🌈', '🇩🇴', '🇩🇴🇺🇸', '1️⃣', '한', '\u1112\u1161\u11ab', '\u0915\u093f',
  '\u0e01\u0e33', 'ש\u05c1', 'ب\u0651\u064e', '中', '𠜎', 'e' + '\u0301'.repeat(3), 'z' + '\u0323\u0301'.repeat(60),
];
let seed = 66;
function random(below) {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
  return Math.floor(seed / 0x100000000 * below);
}

function text() {
  let made = '😀' + 'b'.repeat(random(140));
  for (let n = 20 + random(60); n > 0; n--) made += PIECES[random(3) ? random(PIECES.length - 1) : random(PIECES.length)];
  return made;
}

function complaint(prepared, units, room) {
  const clusters = Array.from(new Intl.Segmenter('es', { granularity: 'grapheme' }).segment(prepared), (s) => s.segment.length);
  const starts = new Map();
  let at = 0;
  for (const length of clusters) { starts.set(at, length); at += length; }
  let cut = 0;
  for (const used of units.slice(0, -1)) {
    cut += used;
    if (used > room) return `a segment of ${used} units`;
    let start = cut;
    while (!starts.has(start)) start--;
    const next = starts.get(start);
    if (start < cut && next <= room) return `a cluster of ${next} units is cut at ${cut}`;
    if (start === cut && next <= room && used + next <= room) return `${next} more units would have gone before ${cut}`;
  }
  return cut + units[units.length - 1] === prepared.length ? '' : 'units are missing';
}

function main() {
  const texts = Array.from({ length: 4000 }, text);
  const ref16 = (i) => i % 2;
  const input = texts.map((t, i) => ['translit', 'gsm7', ref16(i), t].join('\t') + '\n').join('');
  const run = spawnSync(process.argv[2], ['cuts'], { input, maxBuffer: 1 << 28 });
  const lines = run.stdout.toString('utf8').trimEnd().split('\n');
  let failed = lines.length === texts.length ? 0 : 1;
  lines.forEach((line, i) => {
    const [units, prepared] = line.split('\t');
    const said = complaint(prepared, units.split(',').map(Number), ref16(i) ? 66 : 67);
    if (said && failed++ < 10) console.log(`${said}: ${JSON.stringify(prepared)} ${units}`);
  });
  console.log(`${texts.length - failed} passed, ${failed} failed: texts cut where ICU sees borders`);
  process.exit(failed ? 1 : 0);
}

main();
