// One phone at a time, named by the address's fragment; asks for news while the page is seen.
'use strict';
const $ = (id) => document.getElementById(id);
const PERIOD = 500;
const drafts = new Map();
const seen = new Map(); // number -> last message seen
let number = '', code = '', shown = '', phonesShown = '';

function element(tag, properties, ...children) {
  const e = Object.assign(document.createElement(tag), properties);
  e.append(...children);
  return e;
}

async function fetchJson(path, form) {
  const answer = await fetch(path, form && {method: 'POST', body: new URLSearchParams(form)});
  const json = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(json.error), {told: true});
  return json;
}

function pretty(n) {
  return /^\d{10}$/.test(n) ? `${n.slice(0, 3)}-${n.slice(3, 6)}-${n.slice(6)}` : n;
}

function hour(time) {
  return new Date(time).toLocaleTimeString('es-DO', {timeZone: 'America/Santo_Domingo'});
}

const STATES = {sending: 'enviando…', acked: 'enviado', refused: 'rechazado', incomplete: 'faltan partes'};

function bubble(m) {
  const notes = [hour(m.time)];
  if (m.parts > 1) notes.push(`${m.parts} partes`);
  if (m.coding !== 'gsm7') notes.push(m.coding);
  if (STATES[m.state]) notes.push(STATES[m.state]);
  if (m.status) notes.push('0x' + m.status.toString(16));
  return element('div', {className: 'sms' + (m.to ? ' mine' : '')}, m.text,
    element('span', {className: 'meta'}, notes.join(' · ')));
}

// Appends what is new; draws anew only where something shown has changed.
function drawThread(messages) {
  const box = $('thread');
  const keys = messages.map((m) => `${m.id}${m.state}`);
  const old = shown.split(' ').filter(Boolean);
  if (!old.every((key, i) => key === keys[i]) || box.dataset.of !== number + code) {
    box.replaceChildren();
    old.length = 0;
  }
  box.dataset.of = number + code;
  shown = keys.join(' ');
  if (old.length === keys.length) return;
  box.append(...messages.slice(old.length).map(bubble));
  box.scrollTop = box.scrollHeight;
}

function drawTabs(codes) {
  const wanted = codes.join() + '|' + code;
  if ($('tabs').dataset.of === wanted) return;
  $('tabs').dataset.of = wanted;
  $('tabs').replaceChildren(...codes.map((c) => {
    const tab = element('button', {type: 'button', onclick: () => choose(c)}, c);
    tab.setAttribute('role', 'tab');
    tab.setAttribute('aria-selected', String(c === code));
    return tab;
  }));
}

function choose(c) {
  code = c;
  $('to').value = c;
  refresh();
}

function drawPhone(phone) {
  const codes = [...new Set(phone.messages.map((m) => m.from ?? m.to))];
  const last = phone.messages.filter((m) => m.from).at(-1);
  if (!codes.includes(code) && last) choose(last.from);
  $('title').textContent = pretty(phone.number);
  $('signal').textContent = phone.off ? `Apagado, ${phone.waiting} en espera` : 'Encendido';
  for (const box of $('switches').elements)
    if (box.name) box.checked = phone[box.name];
  drawTabs(codes);
  drawThread(phone.messages.filter((m) => (m.from ?? m.to) === code));
  seen.set(phone.number, phone.messages.at(-1)?.id ?? 0);
}

function drawPhones(phones) {
  const text = JSON.stringify([phones, number]);
  if (text === phonesShown) return;
  phonesShown = text;
  $('none').hidden = phones.length > 0;
  $('phones').replaceChildren(...phones.map((p) => {
    if (!seen.has(p.number)) seen.set(p.number, 0);
    const link = element('a', {href: '#' + p.number}, pretty(p.number), element('span', {}, String(p.messages)));
    if (p.last > seen.get(p.number) && p.number !== number) link.className = 'new';
    if (p.number === number) link.setAttribute('aria-current', 'page');
    return element('li', {}, link);
  }));
}

async function refresh() {
  try {
    const asked = number;
    const [phones, phone] = await Promise.all([
      fetchJson('handsets'), asked && fetchJson(`handsets/${asked}/thread`)]);
    if (!asked && phones.length) location.hash = phones[0].number;
    drawPhones(phones);
    if (phone && asked === number) drawPhone(phone);
    $('lost').hidden = true;
  } catch (error) {
    $('lost').hidden = Boolean(error.told);
  }
}

function open() {
  drafts.set(number + code, $('text').value);
  number = location.hash.slice(1).replace(/[^0-9A-Za-z]/g, '').replace(/^1(\d{10})$/, '$1');
  code = '';
  shown = '';
  $('phone').hidden = !number;
  $('text').value = drafts.get(number + code) ?? '';
  $('fault').textContent = '';
  refresh();
}

async function send(event) {
  event.preventDefault();
  const form = Object.fromEntries(new FormData($('answer')));
  try {
    await fetchJson(`handsets/${number}`, form);
    code = form.to;
    $('text').value = '';
    $('fault').textContent = '';
    count();
  } catch (error) {
    $('fault').textContent = 'No se envió: ' + error.message;
  }
  refresh();
}

function count() {
  const length = [...$('text').value].length;
  $('count').textContent = length ? `${length} caracteres` : '';
}

addEventListener('hashchange', open);
$('open').onsubmit = (event) => {
  event.preventDefault();
  location.hash = $('number').value.replace(/[^0-9A-Za-z]/g, '').replace(/^1(\d{10})$/, '$1');
};
$('answer').onsubmit = send;
$('text').oninput = count;
$('text').onkeydown = (event) => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $('answer').requestSubmit();
  }
};
$('switches').onchange = (event) =>
  fetchJson(`handsets/${number}/switches`, {[event.target.name]: event.target.checked ? 1 : 0}).then(refresh, refresh);
setInterval(() => document.hidden || refresh(), PERIOD);
open();
