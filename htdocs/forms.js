// What is typed: counter and preview, drafts, sending, the security code.
'use strict';

(() => {
  const LIMIT = 150;
  const { policy, notice } = document.body.dataset;

  // -- drafts: kept for this tab until they are sent

  const draftKey = form => 'draft:' + (form.id === 'compose' ? 'new' : document.getElementById('thread').dataset.id);

  function keepDraft(form) {
    const fields = [...form.querySelectorAll('input:not([type=hidden]), textarea')].map(f => [f.name, f.value]);
    sessionStorage.setItem(draftKey(form), JSON.stringify(Object.fromEntries(fields)));
  }

  function restoreDraft(form) {
    const kept = JSON.parse(sessionStorage.getItem(draftKey(form)) || '{}');
    for (const [name, value] of Object.entries(kept))
      if (form.elements[name] && !form.elements[name].value) form.elements[name].value = value;
  }

  // -- counter and preview: what the server will count, and what the mobile will show

  function outgoing(form) {
    const name = form.elements.name.value.trim() || '…';
    return SmsText.compose(name, form.elements.message.value, form.id === 'compose' ? notice : null);
  }

  function hint(form, area) {
    const used = SmsText.chars(area.value), left = LIMIT - used;
    const counted = SmsText.count(outgoing(form), policy);
    const parts = [left < 0 ? Sms.t('count_over', { over: -left }) : Sms.t('count', { left })];
    if (counted.segments > 1) parts.push(Sms.t('parts', { n: counted.segments }));
    if (counted.culprit) parts.push(Sms.t('culprit', { letter: counted.culprit }));
    document.getElementById(area.id + '-count').textContent = area.value ? parts.join(' · ') : Sms.t('limit');
    const preview = form.querySelector('.preview');
    if (!preview) return;
    preview.hidden = !area.value;
    preview.querySelector('p').textContent = counted.prepared;
  }

  function bindMessage(form) {
    const area = form.elements.message;
    restoreDraft(form);
    hint(form, area);
    form.addEventListener('input', () => { keepDraft(form); hint(form, area); });
    area.addEventListener('keydown', event => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit(form.querySelector('.primary'));
    });
  }

  // -- sending a form as the browser would, but without leaving the page

  async function submit(form, button) {
    if (form.dataset.busy) return false;
    form.dataset.busy = 'yes';
    button?.setAttribute('aria-disabled', 'true');
    const body = new URLSearchParams(new FormData(form, button));
    const done = await Sms.go(button?.getAttribute('formaction') || form.action, body);
    delete form.dataset.busy;
    button?.removeAttribute('aria-disabled');
    return done;
  }

  // -- a further message: its bubble stands at once

  async function deliver(bubble, fields) {
    bubble.querySelector('button')?.remove();
    Sms.mark(bubble, { state: 'sending' });
    const { status, answer } = await Sms.post('send', fields);
    if (status === 202 && answer.state === 'queued') {
      bubble.dataset.message = answer.message;
      return;
    }
    if (status === 202) {
      bubble.remove();
      await Sms.go(`${Sms.base}?p=${encodeURIComponent(answer.pending)}`);
      return;
    }
    fail(bubble, fields, status, answer);
  }

  function fail(bubble, fields, status, answer) {
    const state = bubble.querySelector('.state'), again = Sms.element('button', 'quiet', Sms.t('retry'));
    state.textContent = `${Sms.t('not_sent')} ${answer.detail || Sms.t('offline')} `;
    state.classList.add('failed');
    bubble.waiting = () => deliver(bubble, fields);
    again.addEventListener('click', () => { bubble.waiting = null; deliver(bubble, fields); });
    bubble.append(again);
    if (status === 409 && answer.retry_in) setTimeout(() => bubble.waiting?.(), answer.retry_in * 1000);
  }

  /** The line is back: what could not be sent goes out again, under its own key, so nothing goes twice. */
  Sms.resend = () => {
    for (const bubble of document.querySelectorAll('#thread .bubble[data-key]')) {
      const again = bubble.waiting;
      bubble.waiting = null;
      again?.();
    }
  };

  function reply(form) {
    const area = form.elements.message, text = area.value.trim();
    if (!text || SmsText.chars(text) > LIMIT) { area.focus(); return; }
    const { name, to } = document.getElementById('thread').dataset;
    const key = Sms.key();
    const bubble = Sms.bubble({ type: 'sent', state: 'sending', from: name, to, text, time: new Date().toISOString() });
    bubble.dataset.key = key;
    Sms.append(bubble);
    area.value = '';
    sessionStorage.removeItem(draftKey(form));
    hint(form, area);
    area.focus();
    deliver(bubble, { name, number: to, message: text, key });
  }

  // -- the security code

  function listen(link) {
    link.addEventListener('click', event => {
      event.preventDefault();
      new Audio(link.href).play();
      document.getElementById('code').focus();
    });
  }

  /** The third way: the browser pays with a computation instead of a person with their eyes. */
  function offerWork(form) {
    const button = Sms.element('button', 'quiet', Sms.t('work')), code = form.elements.code;
    const hintLine = document.getElementById('code-hint');
    button.type = 'button';
    button.addEventListener('click', () => {
      button.disabled = true;
      hintLine.setAttribute('role', 'status');
      hintLine.textContent = Sms.t('work_running');
      const worker = new Worker(`${Sms.base}static/work.js?v=${document.body.dataset.v}`);
      worker.onmessage = message => {
        code.value = `w${message.data.nonce}`;
        hintLine.textContent = Sms.t('work_done');
        worker.terminate();
      };
      worker.postMessage({ id: form.elements.pending.value, bits: Number(form.dataset.work) });
    });
    form.querySelector('.ways').append(button);
  }

  function bindChallenge(form) {
    if (!form.elements.code) return; // a code was right before: nothing is asked again
    listen(form.querySelector('.ways a'));
    if (Number(form.dataset.work)) offerWork(form);
  }

  // -- waiting lines: R3, every code of the mobile is taken

  function retryLater(form) {
    const seconds = Number(document.getElementById('problem')?.dataset.retry);
    if (!seconds || !form) return;
    Sms.banner('');
    document.getElementById('banner').textContent = Sms.t('busy', { seconds });
    setTimeout(() => form.isConnected && submit(form, form.querySelector('.primary')), seconds * 1000);
  }

  async function finish(form) {
    if (!confirm(Sms.t('finish_sure'))) return;
    Sms.hush();
    if (!await submit(form)) return;
    sessionStorage.clear();
    location.assign(Sms.base);
  }

  const sending = {
    async compose(form, button) { if (await submit(form, button) && !document.getElementById('compose')) sessionStorage.removeItem('draft:new'); },
    async challenge(form, button) { if (await submit(form, button) && document.getElementById('thread')) sessionStorage.removeItem('draft:new'); },
    reply,
    stay: () => Sms.stay(document.querySelector('#stay button')),
  };

  document.addEventListener('submit', event => {
    const form = event.target;
    event.preventDefault();
    if (form.matches('.finish')) finish(form);
    else (sending[form.id] || submit)(form, event.submitter);
  });

  /** A screen was put in place. */
  Sms.bindForms = () => {
    const compose = document.getElementById('compose'), more = document.getElementById('reply');
    const challenge = document.getElementById('challenge');
    const again = sessionStorage.getItem('again');
    if (compose && again) {
      compose.elements.number.value = compose.elements.number.value || again;
      sessionStorage.removeItem('again');
    }
    [compose, more].filter(Boolean).forEach(bindMessage);
    if (challenge) bindChallenge(challenge);
    retryLater(compose || challenge);
  };
})();
