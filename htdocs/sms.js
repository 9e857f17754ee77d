// Begins here: takes over the page that the module rendered, so that nothing reloads any more.
'use strict';

/** A screen stands in place: wire it, and listen where there is something to hear. */
Sms.ready = () => {
  Sms.bindForms();
  Sms.toEnd();
  Sms.read();
  Sms.tick();
  Sms.resend();
  if (Sms.thread() || document.querySelector('#conversations a')) Sms.listen();
};

(() => {
  let address = location.pathname + location.search;

  // Links of this page are screens too; with a modifier key the browser keeps its own way.
  function follow(event) {
    const link = event.target.closest('a[href]');
    const plain = !event.defaultPrevented && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
    if (!link || !plain || link.origin !== location.origin || link.pathname !== Sms.base) return;
    if (link.hreflang) { // the same screen in the other language
      const here = new URLSearchParams(location.search);
      here.set('lang', link.hreflang);
      link.search = here;
      return;
    }
    event.preventDefault();
    if (link.hash) document.querySelector(link.hash).focus();
    else Sms.go(link.href);
  }

  function travel() {
    const now = location.pathname + location.search;
    if (now !== address) Sms.go(location.href, null, false);
    address = now;
  }

  function bindSound() {
    const sound = document.getElementById('sound');
    document.getElementById('sound-choice').hidden = false;
    sound.checked = localStorage.getItem('sound') === 'on';
    sound.addEventListener('change', () => localStorage.setItem('sound', sound.checked ? 'on' : 'off'));
  }

  // Older browsers keep the page as the module made it: it is whole without any of this.
  if (!HTMLFormElement.prototype.requestSubmit) return;
  document.documentElement.classList.add('js');
  document.addEventListener('click', follow);
  addEventListener('popstate', travel);
  addEventListener('offline', () => Sms.banner('offline'));
  addEventListener('online', () => { Sms.back(); Sms.look(); });
  addEventListener('pagehide', Sms.hush);
  addEventListener('pageshow', event => { if (event.persisted) Sms.go(location.href, null, false); });
  bindSound();
  Sms.takeForms();
  Sms.ready();
})();
