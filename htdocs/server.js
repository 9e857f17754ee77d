// Talks to the module: pages and forms without reloading, and waiting for news with back-off.
'use strict';

const Sms = window.Sms = { base: document.body.dataset.base, cursor: 0 };

Sms.texts = JSON.parse(document.getElementById('texts').textContent);

/** A text of the catalogue with its {…} filled in. */
Sms.t = (key, values = {}) =>
  (Sms.texts[key] || key).replace(/\{(\w+)\}/g, (whole, name) => name in values ? values[name] : whole);

Sms.element = (tag, className, text) => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
};

/** The idempotency key of one message, in hex: the time in ms, in whose order smppd keeps keys, and 80 random bits. */
Sms.key = () => Date.now().toString(16).padStart(12, '0') +
  [...crypto.getRandomValues(new Uint8Array(10))].map(b => b.toString(16).padStart(2, '0')).join('');

/** POSTs fields and returns {status, answer}; status 0 where nobody could be reached. */
Sms.post = async (path, fields) => {
  const body = new URLSearchParams({ token: document.body.dataset.token, ...fields });
  try {
    const response = await fetch(Sms.base + path, { method: 'POST', body, headers: { Accept: 'application/json' } });
    return { status: response.status, answer: await response.json().catch(() => ({})) };
  } catch {
    return { status: 0, answer: {} };
  }
};

/** Fetches a screen, made by the module, and puts it in place. False where nobody could be reached. */
Sms.go = async (url, body, push = true) => {
  let response, fresh;
  try {
    response = await fetch(url, { method: body ? 'POST' : 'GET', body, headers: { Accept: 'text/html' } });
    fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
  } catch { /* nobody was reached */ }
  if (!fresh?.getElementById('room')) {
    Sms.banner('offline');
    return false;
  }
  Sms.banner('');
  document.body.dataset.token = fresh.body.dataset.token || document.body.dataset.token;
  // What a refused form answers has no address of its own.
  if (push && (!body || response.redirected) && response.url !== location.href) history.pushState(null, '', response.url);
  Sms.show(fresh);
  return true;
};

/** Swaps the room and the list for those of another page and moves the focus where reading goes on. */
Sms.show = fresh => {
  fresh.querySelectorAll('[autofocus]').forEach(field => field.removeAttribute('autofocus'));
  for (const id of ['room', 'conversations'])
    document.getElementById(id).replaceChildren(...fresh.getElementById(id).childNodes);
  Sms.ready();
  const room = document.getElementById('room');
  const target = ['[aria-invalid=true]', '#problem', '#code, #more, #name'].map(s => room.querySelector(s)).find(Boolean) || room;
  room.querySelector('#problem')?.removeAttribute('role'); // the focus reads it
  target.focus({ preventScroll: true });
  scrollTo(0, 0);
};

Sms.banner = key => {
  const banner = document.getElementById('banner'), text = key ? Sms.t(key) : '';
  if (banner.textContent !== text) banner.textContent = text;
};

/** What is seen elsewhere is said once. */
Sms.say = text => { document.getElementById('said').textContent = text; };

// Other windows of this visitor: 'look' asks at once, 'over' begins anew.

const others = new BroadcastChannel(`sms:${Sms.base}`);

Sms.tell = word => others.postMessage(word);

others.onmessage = ({ data }) => data === 'over' ? location.replace(Sms.base) : Sms.look();

const pause = (ms, signal) => new Promise(resolve => {
  const timer = setTimeout(resolve, ms);
  signal.addEventListener('abort', () => { clearTimeout(timer); resolve(); }, { once: true });
});

const jitter = ms => ms * (0.75 + Math.random() / 2);

let listening = null, hurry = false;

/** One poll: 'over', 'lost', or how many ms to leave before the next. */
async function pollOnce(signal) {
  const begun = performance.now(), wait = hurry ? 0 : 25;
  hurry = false;
  const response = await fetch(`${Sms.base}poll?after=${Sms.cursor}&wait=${wait}`,
    { headers: { Accept: 'application/json' }, signal });
  if (response.status === 410) return 'over'; // nothing else is: a site's own guard may refuse for a while
  if (!response.ok) return 'lost';
  const answer = await response.json();
  if (signal.aborted) return 0;
  const first = Sms.cursor === 0;
  Sms.cursor = answer.cursor;
  if (answer.reset) await Sms.go(location.href, null, false);
  Sms.news(answer, first || answer.reset);
  // Answered at once without news: again when the server hints.
  const held = !wait || performance.now() - begun > 900 || answer.events.length > 0;
  return held ? jitter(60) : jitter(1000 * (answer.retry_in || 2));
}

/** Keeps asking for news until the session is over; asking again while it listens changes nothing. */
Sms.listen = async () => {
  if (listening) return;
  const control = listening = new AbortController();
  let trouble = 0;
  while (!control.signal.aborted) {
    let next;
    try { next = await pollOnce(control.signal); } catch { next = 'lost'; }
    if (control.signal.aborted) return;
    if (next === 'over') {
      listening = null;
      return Sms.over();
    }
    if (next === 'lost') {
      Sms.banner('offline');
      await pause(jitter(Math.min(30000, 1000 * 2 ** trouble++)), control.signal);
      continue;
    }
    if (trouble) Sms.back();
    trouble = 0;
    await pause(next, control.signal);
  }
};

/** Stops asking; a poll under way is dropped. */
Sms.hush = () => {
  listening?.abort();
  listening = null;
};

/** Asks at once instead of when the poll under way ends. */
Sms.look = () => {
  Sms.hush();
  hurry = true;
  Sms.listen();
};

/** The line is back. */
Sms.back = () => {
  Sms.banner('online');
  setTimeout(() => document.getElementById('banner').textContent === Sms.t('online') && Sms.banner(''), 3000);
  Sms.resend();
};
