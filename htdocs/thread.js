// The conversations: bubbles, the list with what is unread, the clock.
'use strict';

(() => {
  const conversations = new Map();   // id → {…, until: ms on performance.now()}
  const unread = new Map();          // id → count
  let warned = 0;                    // the deadline that has been announced

  const thread = () => document.getElementById('thread');
  const current = () => thread() ? thread().dataset.id : '';
  const log = () => document.querySelector('#thread .log');

  const hour = time => new Intl.DateTimeFormat(document.documentElement.lang === 'en' ? 'en-US' : 'es-DO',
    { hour: 'numeric', minute: '2-digit', timeZone: 'America/Santo_Domingo' }).format(new Date(time));

  const words = event => Sms.t('state.' + event.state) + (event.reason ? `: ${Sms.t('reason.' + event.reason)}` : '');

  function whoLine(event) {
    const line = Sms.element('p', 'who'), time = Sms.element('time', '', hour(event.time));
    time.dateTime = event.time;
    const when = Sms.element('span', '', `${Sms.t('hour')}: `);
    when.append(time);
    line.append(Sms.element('span', '', `${Sms.t('from')}: ${event.from}`), ' ',
      Sms.element('span', '', `${Sms.t('to')}: ${event.to}`), ' ', when);
    return line;
  }

  /** A bubble for a message sent (also one still on its way: no id yet) or received. */
  Sms.bubble = event => {
    const mine = event.type === 'sent';
    const item = Sms.element('li', `bubble fresh ${mine ? 'mine' : 'theirs'}`);
    if (event.message) item.dataset.message = event.message;
    const state = Sms.element('p', 'state', mine ? words(event) : (event.type === 'late' ? Sms.t('late') : ''));
    if (event.missing) state.textContent += ' ' + Sms.t('missing');
    item.append(whoLine(event), Sms.element('p', 'text', event.text), state);
    return item;
  };

  Sms.append = item => {
    const box = log();
    const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 80;
    box.append(item);
    if (atEnd || item.classList.contains('mine')) box.scrollTop = box.scrollHeight;
    return item;
  };

  Sms.mark = (item, event) => {
    const state = item.querySelector('.state');
    state.textContent = words(event);
    state.classList.toggle('failed', event.state === 'failed');
  };

  const bubbleOf = message => [...document.querySelectorAll('#thread .bubble')].find(b => b.dataset.message === message);

  /** The bubble that was drawn when the form was sent, before the server had given it an id. */
  const awaiting = text => [...document.querySelectorAll('#thread .bubble[data-key]')]
    .find(b => !b.dataset.message && b.querySelector('.text').textContent === text);

  const show = {
    sent(event) {
      const known = bubbleOf(event.message) || awaiting(event.text);
      if (!known) return Sms.append(Sms.bubble(event));
      known.dataset.message = event.message;
      return Sms.mark(known, event);
    },
    state(event) {
      const known = bubbleOf(event.message);
      if (known) Sms.mark(known, event);
    },
    reply: event => Sms.append(Sms.bubble(event)),
    late: event => Sms.append(Sms.bubble(event)),
    ended: () => end(),
  };

  function take(event) {
    const answer = event.type === 'reply' || event.type === 'late';
    const here = event.conversation === current();
    if (here && event.n > Number(thread().dataset.cursor)) {
      thread().dataset.cursor = event.n;
      if (show[event.type]) show[event.type](event);
    }
    if (!answer || event.n <= Number(sessionStorage.getItem('seen') || 0)) return;
    sessionStorage.setItem('seen', event.n);
    if (!here || document.hidden) unread.set(event.conversation, (unread.get(event.conversation) || 0) + 1);
    Sms.ring();
  }

  /** What a poll brought. */
  Sms.news = answer => {
    const now = performance.now();
    for (const each of answer.conversations)
      conversations.set(each.id, { ...each, until: now + each.expires_in * 1000 });
    answer.events.forEach(take);
    list();
  };

  function list() {
    const box = document.getElementById('conversations');
    for (const each of conversations.values()) {
      const link = box.querySelector(`[data-id="${CSS.escape(each.id)}"]`) || box.appendChild(entry(each)).firstChild;
      const count = unread.get(each.id), live = each.until > performance.now() && each.state !== 'ended';
      const badge = link.querySelector('span');
      badge.textContent = count ? Sms.t('unread', { n: count }) : Sms.t(live ? 'live' : 'ended');
      badge.className = count ? 'unread' : '';
    }
    title();
  }

  function entry(conversation) {
    const item = Sms.element('li'), link = Sms.element('a');
    link.href = `${Sms.base}?c=${encodeURIComponent(conversation.id)}`;
    link.dataset.id = conversation.id;
    link.append(Sms.element('b', '', conversation.to.replace(/^(...)(...)(....)$/, '$1-$2-$3')), ' ', Sms.element('span'));
    item.append(link);
    return item;
  }

  function title() {
    const count = [...unread.values()].reduce((sum, n) => sum + n, 0);
    document.title = (count ? `(${count}) ` : '') + Sms.t('title');
  }

  function read() {
    if (document.hidden || !current()) return;
    unread.delete(current());
    list();
  }

  /** The open conversation can take no more: what was said stays, the forms go, another may begin. */
  function end() {
    if (!thread() || thread().querySelector('.finished')) return;
    const { to } = thread().dataset;
    thread().querySelectorAll('form, .minutes, .actions').forEach(part => part.remove());
    const again = Sms.element('a', 'primary finished', Sms.t('again'));
    again.href = `${Sms.base}?new=1`;
    again.setAttribute('role', 'button');
    again.addEventListener('click', () => sessionStorage.setItem('again', to));
    thread().append(Sms.element('p', 'note', Sms.t('conversation_over')), again);
    document.getElementById('expiry').replaceChildren();
  }

  /** The session is over: every conversation is. */
  Sms.over = () => {
    for (const each of conversations.values()) each.state = 'ended';
    list();
    end();
    document.getElementById('clock').textContent = Sms.t('over_title');
  };

  // Seen every second, announced once a deadline: role=alert is filled when a minute is left and then only counts silently.
  function tick() {
    const each = conversations.get(current());
    if (!each || !thread() || each.state === 'ended') return;
    const left = Math.max(0, Math.ceil((each.until - performance.now()) / 1000));
    const shown = document.getElementById('minutes');
    if (shown) shown.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
    const box = document.getElementById('expiry');
    if (left > 60) { box.replaceChildren(); warned = 0; }
    else if (!warned && left > 0) { warned = each.until; warn(box, left); }
  }

  function warn(box, seconds) {
    const stay = Sms.element('button', 'quiet', Sms.t('stay'));
    stay.addEventListener('click', () => Sms.stay(stay));
    box.replaceChildren(Sms.element('span', '', Sms.t('expiry_warning', { seconds }) + ' '), stay);
  }

  /** "Seguir en línea": the minutes begin again; the focus goes back to the message. */
  Sms.stay = async button => {
    const id = current(), { status, answer } = await Sms.post('extend', { conversation: id });
    if (status !== 200) return;
    const each = conversations.get(id);
    if (each) each.until = performance.now() + answer.expires_in * 1000;
    if (button.isConnected && document.activeElement === button) document.getElementById('more')?.focus();
    tick();
  };

  /** A short soft tone, where the visitor asked for one. */
  Sms.ring = () => {
    if (!document.getElementById('sound').checked) return;
    const audio = new AudioContext(), tone = audio.createOscillator(), volume = audio.createGain();
    volume.gain.setValueAtTime(0.15, audio.currentTime);
    volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.4);
    tone.frequency.value = 880;
    tone.connect(volume).connect(audio.destination);
    tone.start();
    tone.stop(audio.currentTime + 0.4);
    tone.onended = () => audio.close();
  };

  /** A screen was put in place. */
  Sms.bindThread = () => {
    warned = 0;
    if (thread()) {
      const { id, cursor } = thread().dataset;
      if (Number(cursor) > Number(sessionStorage.getItem('seen') || 0)) sessionStorage.setItem('seen', cursor);
      log().scrollTop = log().scrollHeight;
      unread.delete(id);
    }
    list();
    tick();
  };

  document.addEventListener('visibilitychange', read);
  setInterval(tick, 1000);
})();
