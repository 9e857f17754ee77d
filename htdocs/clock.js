// The time left: quiet until the last minute, then said once.
'use strict';

(() => {
  const LAST = 60; // seconds
  let warned = '', asked = 0; // whose end was announced; when one that should be over was last asked about

  const live = () => [...Sms.conversations.values()].filter(each => each.state !== 'ended').sort((a, b) => a.until - b.until);
  const box = () => document.getElementById('expiry');

  function quiet() {
    warned = '';
    if (!box().firstChild) return;
    const focused = box().contains(document.activeElement);
    box().replaceChildren();
    if (focused) (document.getElementById('more') || document.getElementById('room')).focus();
  }

  function warn(each, seconds, due) {
    const stay = Sms.element('button', 'quiet', Sms.t('stay'));
    stay.addEventListener('click', () => Sms.stay(due()));
    box().replaceChildren(Sms.element('span', '', Sms.t('expiry_warning', { to: Sms.shown(each.to), seconds })), ' ', stay);
  }

  function count(now) {
    const shown = document.getElementById('minutes'), each = Sms.conversations.get(Sms.current());
    if (!shown || !each) return;
    const left = Math.max(0, Math.ceil((each.until - now) / 1000));
    const text = left >= LAST ? `${Math.round(left / 60)} min` : `0:${String(left).padStart(2, '0')}`;
    if (shown.textContent !== text) shown.textContent = text;
  }

  /** Looks at the clock: every second, and when something was heard. */
  Sms.tick = () => {
    const now = performance.now();
    const due = () => live().filter(each => each.until - performance.now() <= LAST * 1000);
    const soon = due().filter(each => each.until > now), ids = soon.map(each => each.id);
    if (live()[0]?.until <= now && now - asked > 1500) { asked = now; Sms.look(); } // only smppd says that one is over
    if (!soon.length) quiet();
    else if (!ids.every(id => warned.includes(id))) {
      warned = ids.join();
      warn(soon[0], Math.ceil((soon[0].until - now) / 1000), due);
    }
    count(now);
  };

  /** "Seguir en línea": the minutes of these conversations begin again. */
  Sms.stay = async some => {
    for (const each of some) {
      const { status, answer } = await Sms.post('extend', { conversation: each.id });
      if (status === 200) each.until = performance.now() + answer.expires_in * 1000;
      else if (status) Sms.look();
      else Sms.banner('offline');
    }
    Sms.tick();
    Sms.tell('look');
  };

  /** The session is over: every conversation is. */
  Sms.over = () => {
    const any = live().length || document.getElementById('reply');
    for (const each of Sms.conversations.values()) each.state = 'ended';
    Sms.list();
    Sms.end();
    Sms.tick();
    if (any) Sms.banner('over_detail');
  };

  setInterval(Sms.tick, 1000);
})();
