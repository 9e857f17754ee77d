// What is typed: counter and preview, drafts, sending, the security code.
'use strict';

(() => {
  const LIMIT = 150;
  const { policy, notice } = document.body.dataset;

  // Drafts are kept for this window until they are sent.

  const draftKey = form => 'draft:' + (form.id === 'compose' ? 'new' : Sms.current());

  function keepDraft(form) {
    const fields = [...form.querySelectorAll('input:not([type=hidden]), textarea')].map(f => [f.name, f.value]);
    sessionStorage.setItem(draftKey(form), JSON.stringify(Object.fromEntries(fields)));
  }

  function restoreDraft(form, key) {
    const kept = JSON.parse(sessionStorage.getItem(key) || '{}');
    for (const [name, value] of Object.entries(kept))
      if (form.elements[name] && !form.elements[name].value) form.elements[name].value = value;
  }

  /** "Escribir de nuevo": to the same mobile, with what was being typed when the conversation ended. */
  function restoreAgain(form) {
    if (new URLSearchParams(location.search).has('again')) restoreDraft(form, 'draft:again');
    sessionStorage.removeItem('draft:again');
  }

  // What the server will count, and what the mobile will show.
  function outgoing(form) {
    const name = form.elements.name.value.trim() || '…';
    return SmsText.compose(name, form.elements.message.value, form.id === 'compose' ? notice : null);
  }

  function hint(form, area) {
    const left = LIMIT - SmsText.chars(area.value), counted = SmsText.count(outgoing(form), policy);
    const parts = [left < 0 ? Sms.t('count_over', { over: -left }) : Sms.t('count', { left })];
    if (counted.segments > 1) parts.push(Sms.t('parts', { n: counted.segments }));
    if (counted.culprit) parts.push(Sms.t('culprit', { letter: counted.culprit }));
    document.getElementById(area.id + '-count').textContent = area.value ? parts.join(' · ') : Sms.t('limit');
    const preview = form.querySelector('.preview');
    if (!preview) return;
    preview.hidden = !area.value;
    preview.querySelector('p').textContent = counted.prepared;
  }

  /** Says next to the field what is wrong with it; '' takes it back. */
  Sms.blame = (field, why) => {
    document.getElementById(field.id + '-error').textContent = why;
    why ? field.setAttribute('aria-invalid', 'true') : field.removeAttribute('aria-invalid');
    if (!why) return;
    Sms.say(why);
    field.focus();
  };

  function bindMessage(form) {
    const area = form.elements.message;
    if (form.id === 'compose') restoreAgain(form);
    restoreDraft(form, draftKey(form));
    hint(form, area);
    form.addEventListener('input', event => {
      keepDraft(form);
      hint(form, area);
      if (event.target.getAttribute('aria-invalid')) Sms.blame(event.target, '');
    });
    area.addEventListener('keydown', event => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit(form.querySelector('.primary'));
    });
  }

  /** As the browser would, but without leaving the page. */
  async function submit(form, button) {
    if (form.dataset.busy) return false;
    form.dataset.busy = 'yes';
    button?.setAttribute('aria-disabled', 'true');
    const body = new URLSearchParams(new FormData(form));
    if (button?.name) body.append(button.name, button.value);
    const done = form.method === 'get' ? await Sms.go(`${form.action}?${body}`)
      : await Sms.go(button?.getAttribute('formaction') || form.action, body);
    delete form.dataset.busy;
    button?.removeAttribute('aria-disabled');
    return done;
  }

  async function challenge(form, button) {
    const done = await submit(form, button);
    if (!done || !Sms.thread()) return;
    sessionStorage.removeItem('draft:new');
    Sms.tell('look');
  }

  /** A further message: its bubble stands at once. */
  function reply(form) {
    const area = form.elements.message, message = area.value.trim();
    if (!message) return Sms.blame(area, Sms.t('message.missing'));
    if (SmsText.chars(message) > LIMIT) return Sms.blame(area, Sms.t('message.long'));
    const { name, to } = Sms.thread().dataset;
    area.value = '';
    sessionStorage.removeItem(draftKey(form));
    hint(form, area);
    Sms.blame(area, '');
    area.focus();
    return Sms.send({ name, number: to, message });
  }

  async function finish() {
    if (!confirm(Sms.t('finish_sure'))) return;
    Sms.hush();
    const pending = document.querySelector('#challenge [name=pending]')?.value || '';
    const { status } = await Sms.post('end', { pending });
    if (status !== 200) {
      Sms.banner('offline');
      Sms.listen();
      return;
    }
    sessionStorage.clear();
    localStorage.removeItem('seen');
    Sms.tell('over');
    location.replace(Sms.base);
  }

  /** The browser pays with a computation instead of a person with their eyes. */
  function offerWork(form) {
    const button = Sms.element('button', 'quiet', Sms.t('work')), code = form.elements.code;
    const told = document.getElementById('code-hint');
    button.type = 'button';
    button.addEventListener('click', () => {
      button.disabled = true;
      told.setAttribute('role', 'status');
      told.textContent = Sms.t('work_running');
      code.focus();
      const worker = new Worker(`${Sms.base}static/work.js?v=${document.body.dataset.v}`);
      worker.onmessage = ({ data }) => {
        if (!data.nonce) return;
        code.value = `w${data.nonce}`;
        told.textContent = Sms.t('work_done');
        worker.terminate();
      };
      worker.postMessage({ id: form.elements.pending.value, bits: Number(form.dataset.work) });
    });
    form.querySelector('.other').append(button);
  }

  function bindChallenge(form) {
    if (!form.elements.code) return; // a code was right before: nothing is asked again
    document.getElementById('listen').addEventListener('click', event => {
      event.preventDefault();
      new Audio(event.target.href).play();
      form.elements.code.focus();
    });
    if (Number(form.dataset.work)) offerWork(form);
  }

  /** every code of the mobile is taken: says how long, and sends by itself where nothing is left to type. */
  function retryLater(form) {
    const seconds = Number(document.getElementById('problem')?.dataset.retry);
    if (!seconds || seconds > 300 || !form || form.elements.code) return;
    document.getElementById('banner').textContent = Sms.t('busy', { seconds });
    setTimeout(() => form.isConnected && form.requestSubmit(form.querySelector('.primary')), seconds * 1000);
  }

  const sending = { challenge, reply, stay: () => Sms.stay([Sms.conversations.get(Sms.current()) || { id: Sms.current() }]) };

  Sms.takeForms = () => document.addEventListener('submit', event => {
    const form = event.target;
    event.preventDefault();
    if (form.matches('.finish')) finish();
    else (sending[form.id] || submit)(form, event.submitter);
  });

  /** A screen was put in place. */
  Sms.bindForms = () => {
    const compose = document.getElementById('compose'), code = document.getElementById('challenge');
    [compose, document.getElementById('reply')].filter(Boolean).forEach(bindMessage);
    if (code) bindChallenge(code);
    retryLater(compose || code);
  };
})();
