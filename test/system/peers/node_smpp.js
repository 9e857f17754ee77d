// An SMSC made of npm's smpp, which shares no code with us. Says its port, then answers each submit_sm, sends its receipt by text and TLVs,
// and to a text "responde X" an answer from the mobile.
'use strict';
const smpp = require('smpp');

let serial = 0xA0;

function deliver(session, submit, fields) {
  session.deliver_sm({
    source_addr_ton: 1, source_addr_npi: 1, source_addr: submit.destination_addr,
    destination_addr: submit.source_addr, ...fields,
  });
}

function submitted(session, pdu) {
  const id = serial++;
  session.send(pdu.response({ message_id: id.toString(16).toUpperCase() }));
  deliver(session, pdu, {
    esm_class: 4, receipted_message_id: String(id), message_state: 2,
    short_message: `id:${id} sub:001 dlvrd:001 submit date:2611230001 done date:2611230002 stat:DELIVRD err:000 text:`,
  });
  const text = pdu.short_message.message.toString();
  const answer = /responde (\S+)/.exec(text);
  if (answer) deliver(session, pdu, { esm_class: 0, short_message: `respuesta ${answer[1]}` });
}

const server = smpp.createServer((session) => {
  for (const kind of ['bind_transceiver', 'bind_receiver', 'bind_transmitter', 'enquire_link']) {
    session.on(kind, (pdu) => session.send(pdu.response()));
  }
  session.on('submit_sm', (pdu) => submitted(session, pdu));
  session.on('unbind', (pdu) => { session.send(pdu.response()); session.close(); });
  session.on('error', () => {});
});
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
