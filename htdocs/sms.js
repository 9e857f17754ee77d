// Begins here: takes over the page that the module rendered, so that nothing reloads any more.
'use strict';

/** A screen stands in place: wire it, and listen where there is something to hear. */
Sms.ready = () => {
  Sms.bindThread();
  Sms.bindForms();
  const thread = document.getElementById('thread');
  for (const link of document.querySelectorAll('#conversations a'))
    thread && link.dataset.id === thread.dataset.id ? link.setAttribute('aria-current', 'page') : link.removeAttribute('aria-current');
  if (thread || document.querySelector('#conversations a')) Sms.listen();
};

document.documentElement.classList.add('js');

// Links of this page are screens too; with a modifier key the browser keeps its own way.
document.addEventListener('click', event => {
  const link = event.target.closest('a[href]');
  const plain = !event.defaultPrevented && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
  if (!link || !plain || link.origin !== location.origin || !link.pathname.endsWith(Sms.base) || link.hash || link.hreflang)
    return;
  event.preventDefault();
  Sms.go(link.href);
});

addEventListener('popstate', () => Sms.go(location.href, null, false));
addEventListener('offline', () => Sms.banner('offline'));
addEventListener('online', () => { Sms.banner('online'); setTimeout(() => Sms.banner(''), 3000); Sms.resend(); });
addEventListener('pagehide', Sms.hush);
addEventListener('pageshow', event => { if (event.persisted) Sms.ready(); });

const sound = document.getElementById('sound');
document.getElementById('sound-choice').hidden = false;
sound.checked = localStorage.getItem('sound') === 'on';
sound.addEventListener('change', () => localStorage.setItem('sound', sound.checked ? 'on' : 'off'));

Sms.ready();
