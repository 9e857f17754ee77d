// Further messages on their way; what could not be sent waits here, over a reload too. Each has its own key,
// so that however often it is tried one SMS goes out.
'use strict';

(() => {
  const flying = new Set(); // keys under way now

  const kept = () => JSON.parse(sessionStorage.getItem('outbox') || '[]');
  const keep = entries => sessionStorage.setItem('outbox', JSON.stringify(entries));
  const drop = Sms.sent = entry => keep(kept().filter(other => other.key !== entry.key));

  function draw(entry) {
    const known = Sms.bubbleOf('', entry.key);
    if (known || entry.conversation !== Sms.current()) return known;
    const bubble = Sms.bubble({ type: 'sent', state: 'sending', from: entry.name, to: entry.number, text: entry.message, time: entry.time });
    bubble.dataset.key = entry.key;
    return Sms.append(bubble);
  }

  async function deliver(entry) {
    if (flying.has(entry.key)) return;
    const { name, number, message, key } = entry, bubble = draw(entry);
    if (bubble?.dataset.message) return;
    flying.add(key);
    bubble?.querySelector('button')?.remove();
    if (bubble) Sms.mark(bubble, { state: 'sending' });
    const { status, answer } = await Sms.post('send', { name, number, message, key });
    flying.delete(key);
    if (status === 202 && answer.state === 'queued') arrived(entry, answer);
    else if (status === 202) await ask(entry, answer);
    else if (answer.field === 'message' && status === 422) refuse(entry, answer);
    else fail(entry, status, answer);
  }

  function arrived(entry, answer) {
    drop(entry);
    Sms.tell('look');
    const bubble = Sms.bubbleOf('', entry.key), twin = Sms.bubbleOf(answer.message);
    if (bubble && twin && bubble !== twin) bubble.remove(); // the page had it already
    else if (bubble) bubble.dataset.message = answer.message;
  }

  /** A security code is due first. */
  async function ask(entry, answer) {
    if (entry.conversation !== Sms.current()) return;
    if (await Sms.go(`${Sms.base}?p=${encodeURIComponent(answer.pending)}`)) drop(entry);
    else fail(entry, 0, {});
  }

  /** The text is at fault: it goes back to where it was typed. */
  function refuse(entry, answer) {
    const area = document.getElementById('more');
    if (!area || area.value || entry.conversation !== Sms.current()) return fail(entry, 422, answer);
    drop(entry);
    Sms.bubbleOf('', entry.key)?.remove();
    area.value = entry.message;
    area.dispatchEvent(new Event('input', { bubbles: true }));
    Sms.blame(area, answer.detail);
  }

  function fail(entry, status, answer) {
    const bubble = Sms.bubbleOf('', entry.key);
    if (!bubble || bubble.dataset.message) return;
    const state = bubble.querySelector('.state'), again = Sms.element('button', 'quiet', Sms.t('retry'));
    const why = `${Sms.t('not_sent')} ${answer.detail || Sms.t('offline')}`;
    state.textContent = why;
    state.classList.add('failed');
    again.addEventListener('click', () => { deliver(entry); document.getElementById('more')?.focus(); });
    bubble.querySelector('button')?.remove();
    bubble.append(again);
    if (entry.told !== why) Sms.say(entry.told = why);
    if (status >= 500 || !status)
      setTimeout(() => kept().some(other => other.key === entry.key) && deliver(entry), 1000 * (answer.retry_in || 5));
  }

  Sms.send = fields => {
    const entry = { ...fields, key: Sms.key(), conversation: Sms.current(), time: new Date().toISOString() };
    keep([...kept(), entry]);
    return deliver(entry);
  };

  /** A screen was put in place, or the line is back: what waits for this conversation goes again. */
  Sms.resend = () => kept().filter(entry => entry.conversation === Sms.current()).forEach(entry => {
    draw(entry);
    deliver(entry);
  });
})();
