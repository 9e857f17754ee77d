// The idle poll as a site would write it in node: one connection to memcached, gets answered in order.
'use strict';
const http = require('http');
const net = require('net');

const waiting = [];
let heard = Buffer.alloc(0);
const store = net.connect(process.env.STORE);
store.on('data', (octets) => {
  heard = heard.length ? Buffer.concat([heard, octets]) : octets;
  for (;;) {
    const end = heard.indexOf('\r\n');
    if (end < 0) return;
    const head = heard.toString('latin1', 0, end);
    if (head === 'END') {
      heard = heard.subarray(end + 2);
      waiting.shift()(null);
      continue;
    }
    const length = Number(head.split(' ')[3]);
    if (heard.length < end + 2 + length + 7) return;
    const value = heard.toString('utf8', end + 2, end + 2 + length);
    heard = heard.subarray(end + 2 + length + 7);
    waiting.shift()(value);
  }
});

function answer(transcript) {
  const all = { cursor: 0, expires_in: 0, conversations: [], events: [] };
  for (const line of transcript.split('\n')) {
    const [verb, ...words] = line.split(' ');
    const fields = Object.fromEntries(words.map((word) => word.split('=')));
    if (verb === 'transcript') all.cursor = Number(fields.last || 0);
    else if (verb === 'conversation') all.conversations.push(fields);
  }
  return JSON.stringify(all);
}

http.createServer((request, response) => {
  waiting.push((transcript) => {
    response.writeHead(transcript === null ? 410 : 200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
    response.end(transcript === null ? '' : answer(transcript));
  });
  store.write(`get ${request.url.split('?')[1]}\r\n`);
}).listen(Number(process.env.PORT), '127.0.0.1');
