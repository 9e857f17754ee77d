// The idle poll as a site would write it in node: one connection to memcached, gets answered in order.
'use strict';
const { createHash } = require('crypto');
const fs = require('fs');
const http = require('http');
const net = require('net');

const log = fs.createWriteStream(process.env.LOG, { flags: 'a' });
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

const left = (until) => Math.max(0, Math.ceil((Number(until) - Date.now()) / 1000));

function answer(transcript, after) {
  const all = { cursor: 0, expires_in: 0, conversations: [], events: [] };
  for (const line of transcript.split('\n')) {
    const [verb, ...words] = line.split(' ');
    const fields = Object.fromEntries(words.map((word) => word.split('=')));
    if (verb === 'transcript') {
      all.cursor = Number(fields.last);
      all.expires_in = left(fields.until);
    } else if (verb === 'conversation') {
      const { id, to, name, code, state, until, unanswered } = fields;
      all.conversations.push({ id, to, name, code, state, expires_in: left(until), unanswered: Number(unanswered) });
    } else if (all.cursor === after) {
      break;
    } else if (Number(fields.n) > after) {
      all.events.push(fields);
    }
  }
  return JSON.stringify(all);
}

http.createServer((request, response) => {
  const [, session = ''] = /(?:^|; )smsi=([^;]*)/.exec(request.headers.cookie) || [];
  const name = session.slice(0, 12) + createHash('sha256').update(session).digest('hex').slice(0, 20);
  const after = Number(new URLSearchParams(request.url.split('?')[1]).get('after'));
  waiting.push((transcript) => {
    const body = transcript === null ? '' : answer(transcript, after);
    response.writeHead(transcript === null ? 410 : 200, {
      'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body), 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff',
    });
    response.end(body);
    log.write(`${request.socket.remoteAddress} ${new Date().toISOString()} "${request.method} ${request.url}" ${response.statusCode} ${body.length}\n`);
  });
  store.write(`get smsi:t:${name}\r\n`);
}).listen(Number(process.env.PORT), '127.0.0.1');
