// The conversation: bubbles, the words under them, and what a poll brings.
'use strict';

(() => {
  Sms.thread = () => document.getElementById('thread');
  Sms.current = () => Sms.thread()?.dataset.id || '';

  /** 809-555-1234, as the module shows it. */
  Sms.shown = who => who.replace(/^(\d{3})(\d{3})(\d{4})$/, '$1-$2-$3');

  const log = () => document.querySelector('#thread .log');
  const bubbles = () => [...document.querySelectorAll('#thread .bubble')];
  const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'America/Santo_Domingo' });

  const words = event => Sms.t('state.' + event.state) + (event.reason ? `: ${Sms.t('reason.' + event.reason)}` : '');

  function whoLine(event) {
    const line = Sms.element('p', 'who'), time = Sms.element('time', '', clock.format(new Date(event.time)));
    const span = (key, what) => Sms.element('span', '', `${Sms.t(key)}: ${what}`), when = span('hour', '');
    time.dateTime = event.time;
    when.append(time);
    line.append(span('from', Sms.shown(event.from)), ' ', span('to', Sms.shown(event.to)), ' ', when);
    return line;
  }

  /** A bubble for a message sent (also one still on its way: no id yet) or received. */
  Sms.bubble = event => {
    const mine = event.type === 'sent';
    const item = Sms.element('li', `bubble fresh ${mine ? 'mine' : 'theirs'}`);
    if (event.message) item.dataset.message = event.message;
    const state = Sms.element('p', 'state', mine ? words(event) : event.type === 'late' ? Sms.t('late') : '');
    if (event.missing) state.textContent += ' ' + Sms.t('missing');
    item.append(whoLine(event), Sms.element('p', 'text', event.text), state);
    return item;
  };

  Sms.append = item => {
    const box = log(), atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 80;
    box.querySelector('ol').append(item);
    if (atEnd || item.classList.contains('mine')) Sms.toEnd();
    return item;
  };

  Sms.toEnd = () => log()?.scrollTo(0, 1e9);
  addEventListener('resize', Sms.toEnd);

  Sms.mark = (item, event) => {
    const state = item.querySelector('.state'), failed = event.state === 'failed';
    if (state.textContent === words(event)) return;
    state.textContent = words(event);
    state.classList.toggle('failed', failed);
    if (failed) Sms.say(words(event));
  };

  /** The bubble of a message's id, or of its key. */
  Sms.bubbleOf = (message, key) =>
    bubbles().find(b => (message && b.dataset.message === message) || (key && b.dataset.key === key));

  /** The bubble drawn when the form was sent, before the server gave it an id. */
  const awaiting = text => bubbles().find(b => b.dataset.key && !b.dataset.message && b.querySelector('.text').textContent === text);

  const answer = event => Sms.append(Sms.bubble(event));

  const show = {
    sent(event) {
      const known = Sms.bubbleOf(event.message) || awaiting(event.text);
      if (!known) return answer(event);
      known.dataset.message = event.message;
      known.querySelector('.text').textContent = event.text;
      Sms.sent(known.dataset);
      known.querySelector('button')?.remove();
      return Sms.mark(known, event);
    },
    state(event) {
      const known = Sms.bubbleOf(event.message);
      if (known) Sms.mark(known, event);
    },
    reply: answer,
    late: answer,
    ended() {
      Sms.append(Sms.element('li', 'note', Sms.t('event.ended')));
      Sms.end();
    },
  };

  function take(event, old) {
    const here = event.conversation === Sms.current();
    if (here && event.n > Number(Sms.thread().dataset.cursor)) {
      Sms.thread().dataset.cursor = event.n;
      show[event.type]?.(event);
    }
    if (event.type !== 'reply' && event.type !== 'late') return;
    Sms.heard(event);
    if (!old) Sms.ring();
  }

  /** What a poll brought; `old`: the first one, of what was before. */
  Sms.news = (poll, old) => {
    const now = performance.now();
    for (const each of poll.conversations)
      Sms.conversations.set(each.id, { ...each, until: now + each.expires_in * 1000 });
    poll.events.forEach(event => take(event, old));
    Sms.read();
    Sms.tick();
  };

  /** The open conversation can take no more: what was said stays, the forms go, another may begin. */
  Sms.end = () => {
    const thread = Sms.thread();
    if (!thread?.querySelector('#reply')) return;
    const { to, name } = thread.dataset, focused = thread.querySelector('#reply').contains(document.activeElement);
    const typed = document.getElementById('more').value;
    sessionStorage.setItem('draft:again', JSON.stringify({ name, number: to, message: typed }));
    thread.querySelectorAll('form, .minutes, .actions').forEach(part => part.remove());
    const again = Sms.element('a', 'primary', Sms.t('again'));
    again.href = `${Sms.base}?new=1&again=1`;
    const line = Sms.element('p', 'ways');
    line.append(again);
    thread.append(Sms.element('p', 'note', Sms.t('conversation_over')), line);
    if (focused) again.focus();
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
})();
