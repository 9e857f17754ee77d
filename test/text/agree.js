// The page's script and the C code say the same of every text: encoding, units, segments, what remains,
// the letter to blame, characters and the prepared text.
//   node agree.js TEXT_LINES [how many Spanish texts]
// htdocs/text.js runs as the browser runs it, a plain script with a global `self`.
'use strict';
const fs = require('fs');
const path = require('path');
const vm = require('vm');
const { spawnSync } = require('child_process');
const spanish = require('./spanish.js');

const root = path.join(__dirname, '..', '..');
const script = fs.readFileSync(path.join(root, 'htdocs', 'text.js'), 'utf8');
const page = { self: null };
page.self = page;
vm.runInNewContext(script, page);
const SmsText = page.SmsText;

const POLICIES = ['translit', 'spanish', 'unicode', 'lossy'];
// The C table knows these letters; a script engine of before Unicode 16 or 17 does not.
const NEWER = /[\ua7f1\u{1ccd6}-\u{1ccf9}]/u;
let seed = 20131;

function random(below) {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
  return Math.floor(seed / 0x100000000 * below);
}

function pick(list) { return list[random(list.length)]; }

function escape(text) {
  return text.replace(/[\0-\x1f\\\x7f]/g, (c) => '\\x' + c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0'));
}

function vectorInputs() {
  const lines = fs.readFileSync(path.join(__dirname, 'text_vectors.tsv'), 'utf8').trimEnd().split('\n').slice(1);
  const octets = (field) => Buffer.from(unescape(encodeURIComponent(field)).replace(/\\x(..)/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))), 'latin1');
  return lines.map((line) => octets(line.split('\t')[3]).toString('utf8'));
}

// Every code point between two letters: tables, cleaning, transliteration.
function everyLetter() {
  const texts = [];
  for (let cp = 0; cp < 0x110000; cp++) {
    if (cp >= 0xd800 && cp <= 0xdfff) continue;
    if (cp > 0x20000 && cp < 0xe0000 && cp % 97) continue; // ideographs and nothing
    if (cp > 0xe1000 && cp % 997) continue;
    if (NEWER.test(String.fromCodePoint(cp)) && /\p{Unassigned}/u.test(String.fromCodePoint(cp))) continue;
    texts.push('a' + String.fromCodePoint(cp) + 'b');
  }
  return texts;
}

const SOUP = [
  'a', 'b', 'ñ', 'á', 'í', '[', '€', '~', 'ç', ' ', '\n', '\r\n', '\t', '“', '…', '½', '😀', '👍🏽', '👨‍👩‍👧', '🇩🇴', '🇩', '❤️', '1️⃣',
  'e\u0301', 'n\u0303', 'x\u0301\u0323', '\u0915\u094d\u0937\u093f', '\u0e01\u0e33', '한', '\u1112\u1161\u11ab', '\u11ab', '\u1161', 'ش', '\u200d',
  '\u200c', '\u200b', '\ufe0f', '\u0600', '中', '𠜎', 'ﬁ', 'Ａ', 'ẞ', 'Ω', 'Ω', '\u202e', '\ufffe', '𝐀', '\u0344', '\u1f82', '\u0f73', '🏽', '☎\ufe0e', '\x1b', '\0', 'z' + '\u0323\u0301'.repeat(50), 'y' + '\u0345\u0334'.repeat(40),
];

function soup() {
  let text = '';
  const plain = random(3) ? 'a'.repeat(random(160)) : '';
  for (let n = random(60); n > 0; n--) text += pick(SOUP);
  return random(2) ? plain + text : text + plain;
}

function cases() {
  const all = [];
  const add = (text, policy, charset, ref16) => all.push({ text, policy, charset: charset || 'gsm7', ref16: !!ref16 });
  for (const text of vectorInputs()) for (const policy of POLICIES) for (const ref16 of [0, 1]) add(text, policy, 'gsm7', ref16);
  for (const text of everyLetter()) add(text, 'translit');
  for (const text of everyLetter().slice(0, 0x3100)) for (const charset of ['latin1', 'ascii']) add(text, pick(POLICIES), charset);
  const wanted = Number(process.argv[3] || 10000);
  const texts = spanish.fortunes().slice(0, wanted);
  if (texts.length < wanted) throw new Error(`only ${texts.length} Spanish texts`);
  for (const text of texts) for (const policy of POLICIES) add(text, policy);
  for (let i = 0; i < 30000; i++) add(soup(), pick(POLICIES), random(8) ? 'gsm7' : pick(['latin1', 'ascii']), random(2));
  return all;
}

function ofPage(c) {
  const sms = SmsText.count(c.text, c.policy, { charset: c.charset, ref16: c.ref16 });
  return [sms.encoding, sms.units, sms.segments, sms.remaining, sms.culprit ? sms.culprit.codePointAt(0).toString(16).toUpperCase() : '0',
    SmsText.chars(c.text), escape(sms.prepared).replace(/\x7f|\\x7F/g, '\x7f')].join('\t');
}

function main() {
  if (Buffer.byteLength(script) >= 12000) throw new Error(`text.js has ${Buffer.byteLength(script)} octets`);
  const all = cases();
  const input = all.map((c) => [c.policy, c.charset, c.ref16 ? 1 : 0, escape(c.text)].join('\t') + '\n').join('');
  const run = spawnSync(process.argv[2], ['prepare'], { input, maxBuffer: 1 << 30 });
  if (run.status !== 0) throw new Error('text_lines: ' + run.stderr);
  const said = run.stdout.toString('utf8').split('\n').slice(0, -1);
  let different = said.length === all.length ? 0 : 1;
  all.forEach((c, i) => {
    const page = ofPage(c);
    if (page === said[i]) return;
    if (different++ < 20) console.log(`${c.policy} ${c.charset} ref16=${c.ref16} ${JSON.stringify(c.text)}\n  page ${page}\n  C    ${said[i]}`);
  });
  console.log(`${all.length - different} passed, ${different} failed: texts of which page and C say the same`);
  process.exit(different ? 1 : 0);
}

main();
