// The list of conversations, and what is unread in each.
'use strict';

Sms.conversations = new Map(); // id → {…, until: ms on performance.now()}

(() => {
  const answers = new Map(); // id → numbers of its answers' events

  // Which event was seen last, for all windows of this browser.
  const seen = () => JSON.parse(localStorage.getItem('seen') || '{}');

  Sms.heard = event => answers.set(event.conversation, (answers.get(event.conversation) || new Set()).add(event.n));

  const unread = id => {
    const last = seen()[id] || 0;
    return [...answers.get(id) || []].filter(n => n > last).length;
  };

  /** The open conversation is before the visitor's eyes: nothing in it is unread. */
  Sms.read = () => {
    const id = Sms.current();
    if (id && !document.hidden) {
      const all = seen(), last = Math.max(Sms.cursor, Number(Sms.thread().dataset.cursor));
      const kept = Object.entries(all).filter(([key]) => !Sms.conversations.size || Sms.conversations.has(key));
      if (all[id] !== last) localStorage.setItem('seen', JSON.stringify({ ...Object.fromEntries(kept), [id]: last }));
    }
    Sms.list();
  };

  function entry(conversation) {
    const item = Sms.element('li'), link = Sms.element('a');
    link.href = `${Sms.base}?c=${encodeURIComponent(conversation.id)}`;
    link.dataset.id = conversation.id;
    link.append(Sms.element('b', '', Sms.shown(conversation.to)), ' ', Sms.element('span'));
    item.append(link);
    return item;
  }

  Sms.list = () => {
    const box = document.getElementById('conversations');
    let total = 0;
    for (const each of Sms.conversations.values()) {
      const link = box.querySelector(`[data-id="${CSS.escape(each.id)}"]`) || box.appendChild(entry(each)).firstChild;
      const count = unread(each.id), badge = link.querySelector('span');
      badge.textContent = count ? Sms.t('unread', { n: count }) : Sms.t(each.state === 'ended' ? 'ended' : 'live');
      badge.className = count ? 'unread' : '';
      total += count;
    }
    for (const link of box.querySelectorAll('a'))
      link.dataset.id === Sms.current() ? link.setAttribute('aria-current', 'page') : link.removeAttribute('aria-current');
    document.title = (total ? `(${total}) ` : '') + Sms.t('title');
  };

  document.addEventListener('visibilitychange', () => Sms.read());
  addEventListener('storage', () => Sms.list());
})();
