// An SMSC made of npm's smpp, which shares no code with us. Says its port, then answers each submit_sm, sends its receipt by text and TLVs,
// and to a text "responde X" an answer from the mobile: "responde partes" in two parts, "responde carga" as message_payload. "frena" is throttled,
// "rechaza" refused for good, after "adios" it unbinds; "nadie" may not log in. With TLS_KEY and TLS_CERT in the environment it speaks TLS.
'use strict';
const fs = require('fs');
const smpp = require('smpp');

let serial = 0xA0;

function deliver(session, submit, fields) {
  session.deliver_sm({
    source_addr_ton: 1, source_addr_npi: 1, source_addr: submit.destination_addr,
    destination_addr: submit.source_addr, ...fields,
  });
}

const refusals = { frena: smpp.ESME_RTHROTTLED, rechaza: smpp.ESME_RINVDSTADR }; // what a text asks for instead of an answer

function answer(session, submit, what) {
  if (what === 'partes') {
    for (const [part, text] of [[2, ' y la otra'], [1, ' la primera']]) {
      deliver(session, submit, { esm_class: 0x40, short_message: Buffer.from(`\x05\x00\x03\x07\x02${String.fromCharCode(part)}${text}`) });
    }
  } else if (what === 'carga') {
    deliver(session, submit, { short_message: '', message_payload: `respuesta ${'x'.repeat(400)}` });
  } else {
    deliver(session, submit, { esm_class: 0, short_message: `respuesta ${what}` });
  }
}

function submitted(session, pdu) {
  const text = pdu.short_message.message.toString();
  if (refusals[text]) {
    session.send(pdu.response({ command_status: refusals[text] }));
    return;
  }
  const id = serial++;
  session.send(pdu.response({ message_id: id.toString(16).toUpperCase() }));
  deliver(session, pdu, {
    esm_class: 4, receipted_message_id: String(id), message_state: 2,
    short_message: `id:${id} sub:001 dlvrd:001 submit date:2611230001 done date:2611230002 stat:DELIVRD err:000 text:`,
  });
  const asked = /responde (\S+)/.exec(text);
  if (asked) answer(session, pdu, asked[1]);
  if (text === 'adios') session.unbind();
}

const { TLS_KEY, TLS_CERT } = process.env;
const options = TLS_KEY ? { key: fs.readFileSync(TLS_KEY), cert: fs.readFileSync(TLS_CERT), rejectUnauthorized: false } : {};
const server = smpp.createServer(options, (session) => {
  for (const kind of ['bind_transceiver', 'bind_receiver', 'bind_transmitter']) {
    session.on(kind, (pdu) => session.send(pdu.response({ command_status: pdu.system_id === 'nadie' ? smpp.ESME_RINVSYSID : 0 })));
  }
  session.on('enquire_link', (pdu) => session.send(pdu.response()));
  session.on('submit_sm', (pdu) => submitted(session, pdu));
  session.on('unbind', (pdu) => { session.send(pdu.response()); session.close(); });
  session.on('error', () => {});
});
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
