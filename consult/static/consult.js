const all = (selector, root = document) => root.querySelectorAll(selector);
const language = document.documentElement.lang;

// Go to what needs mending.
document.querySelector('.error-summary')?.focus();

// Older browsers cannot open these by style alone.
if (matchMedia('(min-width: 60rem)').matches) {
  for (const details of all('details[data-open-wide]')) details.open = true;
}

addEventListener('beforeprint', () => {
  for (const details of all('details.points-here')) details.open = true;
});

// An empty field leans as the page does; words lean as they are written.
addEventListener('input', ({ target }) => {
  if (target.matches('textarea:not([dir]), input[type="text"]:not([dir]), input[type="search"]:not([dir])')) target.dir = 'auto';
});

// Count characters; tell those who listen only when they pause.
const numbers = new Intl.NumberFormat(language);
for (const area of all('textarea[data-limit]')) {
  const counter = document.getElementById(`${area.id}-count`);
  if (!counter) continue;
  const spoken = document.createElement('span');
  spoken.className = 'visually-hidden';
  spoken.setAttribute('aria-live', 'polite');
  counter.after(spoken);
  let pause;
  const count = () => {
    const left = area.dataset.limit - [...area.value.replace(/\r\n?/g, '\n')].length;
    const words = left < 0 ? counter.dataset.over : counter.dataset.left;
    counter.textContent = words.replace('{number}', numbers.format(Math.abs(left)));
    counter.classList.toggle('error', left < 0);
    clearTimeout(pause);
    pause = setTimeout(() => { spoken.textContent = counter.textContent; }, 1500);
  };
  area.addEventListener('input', count);
  if (area.value) count();
}

// What the reader's own clock shows at a deadline, where it shows another time.
for (const time of all('time[data-yours]')) {
  const moment = new Date(time.dateTime);
  const two = (number) => String(number).padStart(2, '0');
  const day = `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
  const clock = `${two(moment.getHours())}:${two(moment.getMinutes())}`;
  const [theirDay, theirClock] = time.dataset.wall.split('T');
  if (day === theirDay && clock === theirClock) continue;
  const options = day === theirDay ? {} : { day: 'numeric', month: 'long' };
  const words = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, { ...options, hour: '2-digit', minute: '2-digit', hourCycle: 'h23', numberingSystem: 'latn' });
  time.textContent = time.dataset.yours.replace('{time}', words.format(moment));
}

// Words on their way: saved as one types, tried again when the line is back. What was not sent yet is kept in this
// tab alone: by itself where the form says data-keep="tab", where it says "ask" only once somebody presses for it.
const UNSENT = 'unsent:';
const placeOf = (url) => `${UNSENT}${url.pathname.replace(/^\/[^/]+/, '')}${url.search}`;
const shelf = (act) => { try { return act(sessionStorage); } catch { return null; } };
const unsent = () => shelf((kept) => Object.keys(kept).filter((key) => key.startsWith(UNSENT))) ?? [];
const look = (place) => shelf((kept) => JSON.parse(kept.getItem(place)));
const drop = (place) => shelf((kept) => kept.removeItem(place));
const said = (form) => {
  const values = {};
  for (const [name, value] of new FormData(form)) {
    if (typeof value === 'string' && !/^(csrf_token|idempotency_key|_language)$/.test(name)) (values[name] ??= []).push(value);
  }
  return values;
};
const same = (one, other) => JSON.stringify(one ?? []) === JSON.stringify(other ?? []);

// The page that answers a form has what was in it; whoever signs out or finishes leaves nothing here.
if (document.referrer) {
  const from = placeOf(new URL(document.referrer));
  if (look(from)?.sent) drop(from);
}
addEventListener('submit', ({ target }) => {
  if (!target.matches('[data-forget]')) return;
  unsent().forEach(drop);
  if (target.dataset.forget !== 'all') return;
  try { localStorage.clear(); } catch { /* Storage may be refused. */ }
});

for (const form of all('form[method="post"]')) {
  const note = form.querySelector('[role="status"].saved');
  let url = form.dataset.autosave;
  let place = placeOf(location);
  let served = said(form);
  const found = form.dataset.keep && look(place);
  let keeps = form.dataset.keep === 'tab' || Boolean(found);
  let changed = false;
  let leaving = false;
  let saving = false;
  let failures = 0;
  let later;
  let soon;
  let back;
  const tell = (words) => {
    if (!note || words === undefined) return;
    back?.remove();
    const time = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', numberingSystem: 'latn' }).format(new Date());
    note.textContent = words.replace('{time}', time);
  };
  const put = (sent = false) => {
    if (keeps) shelf((kept) => kept.setItem(place, JSON.stringify({ was: served, is: said(form), url, sent })));
  };
  const offerToKeep = () => {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'link';
    button.textContent = note.dataset.keepHere;
    button.addEventListener('click', () => { keeps = true; put(); tell(note.dataset.kept); });
    note.append(' ', button);
  };
  const refused = async (answer) => {
    if (answer?.type !== 'basic' || answer.status < 400 || answer.status > 499) return false;
    tell((await answer.json().catch(() => ({}))).error);
    return answer.status !== 429;
  };
  const sendOnce = async () => {
    const sent = said(form);
    const body = new FormData(form);
    body.delete('idempotency_key'); // Each saving is an act of its own.
    const answer = await fetch(url, { method: 'POST', body, headers: { Accept: 'application/json' }, redirect: 'manual', keepalive: document.hidden }).catch(() => null);
    if (!answer?.ok) {
      changed = true;
      if (await refused(answer)) return;
      failures += 1;
      clearTimeout(later);
      later = setTimeout(save, Math.min(60000, 5000 * 2 ** (failures - 1)));
      tell(keeps ? note?.dataset.kept : note?.dataset.failed);
      if (note && !keeps && form.dataset.keep) offerToKeep();
      return;
    }
    failures = 0;
    served = sent;
    if (changed) wait();
    else drop(place);
    const { page } = await answer.json().catch(() => ({}));
    if (page) {
      history.replaceState(null, '', page);
      place = placeOf(location);
    }
    tell(note?.dataset.saved);
  };
  const save = async () => {
    clearTimeout(later);
    if (!url || !changed || leaving || saving) return;
    changed = false;
    saving = true;
    await sendOnce();
    saving = false;
  };
  const wait = () => {
    clearTimeout(soon);
    soon = setTimeout(() => { if (changed && !leaving) put(); }, 400);
    if (url && !failures) {
      clearTimeout(later);
      later = setTimeout(save, 4000);
    }
  };
  form.addEventListener('input', () => { changed = true; wait(); });
  form.addEventListener('submit', (event) => {
    if (note?.dataset.offline && !navigator.onLine) { // The browser's own page would take the words out of sight.
      event.preventDefault();
      put();
      tell(keeps ? note.dataset.offlineKept : note.dataset.offline);
      if (!keeps) offerToKeep();
      return;
    }
    leaving = true;
    clearTimeout(soon);
    if (changed) put(true);
  });
  addEventListener('pageshow', () => { leaving = false; });
  addEventListener('beforeunload', (event) => {
    if (changed && !leaving && form.querySelector('textarea')) event.preventDefault();
  });
  addEventListener('online', () => { save(); });
  document.addEventListener('visibilitychange', () => { if (document.hidden && changed && !leaving) { put(); save(); } });
  if (!found) continue;
  // What the server has newer than what was typed over stays as it is.
  let first;
  for (const name of new Set([...Object.keys(found.was), ...Object.keys(found.is)])) {
    if (!same(served[name], found.was[name]) || same(served[name], found.is[name])) continue;
    const values = [...(found.is[name] ?? [])];
    for (const control of form.querySelectorAll(`[name="${CSS.escape(name)}"]:not([type="hidden"])`)) {
      if (control.matches('[type="checkbox"], [type="radio"]')) control.checked = values.includes(control.value);
      else control.value = values.shift() ?? '';
      control.dispatchEvent(new Event('input', { bubbles: true }));
      first ??= control;
    }
  }
  if (!first) {
    drop(place);
    continue;
  }
  if (found.url && form.elements.key && found.is.key) {
    url = found.url;
    [form.elements.key.value] = found.is.key;
  }
  if (!note) continue;
  note.textContent = '';
  back = document.createElement('p');
  back.className = 'hint';
  back.setAttribute('role', 'status');
  (first.closest('details') ?? first.closest('.field') ?? first).before(back);
  back.textContent = note.dataset.restored;
}

// One box that chooses every row.
for (const head of all('th[data-select-all]')) {
  const table = head.closest('table');
  const boxes = all('tbody .tick input', table);
  if (boxes.length < 2) continue;
  const label = document.createElement('label');
  label.className = 'tick';
  const box = document.createElement('input');
  box.type = 'checkbox';
  const words = document.createElement('span');
  words.className = 'visually-hidden';
  words.textContent = head.dataset.selectAll;
  label.append(box, words);
  head.replaceChildren(label);
  const show = () => {
    const on = [...boxes].filter((one) => one.checked).length;
    box.checked = on === boxes.length;
    box.indeterminate = on > 0 && on < boxes.length;
    for (const one of boxes) one.closest('tr').classList.toggle('is-chosen', one.checked);
  };
  box.addEventListener('change', () => { for (const one of boxes) one.checked = box.checked; show(); });
  table.addEventListener('change', show);
  show();
}

// A file that is sent tells how far it is; where that fails it is still chosen, and the button sends it again.
for (const form of all('form[data-upload]')) {
  const bar = form.querySelector('[data-progress]');
  const problem = form.querySelector('[data-problem]');
  const button = form.querySelector('button');
  const tell = (words) => {
    problem.firstElementChild.textContent = words;
    problem.hidden = !words;
    bar.hidden = true;
    button.disabled = false;
  };
  form.addEventListener('submit', (event) => {
    if (event.submitter !== button) return;
    const file = form.querySelector('input[type="file"]').files[0];
    if (!file) return;
    event.preventDefault();
    if (file.size > form.dataset.most) {
      tell(form.dataset.tooLarge);
      return;
    }
    const sending = new XMLHttpRequest();
    sending.open('POST', form.action);
    sending.upload.addEventListener('progress', ({ loaded, total }) => {
      bar.querySelector('progress').value = (100 * loaded) / total;
    });
    sending.addEventListener('error', () => tell(form.dataset.failed));
    sending.addEventListener('load', () => {
      if (sending.status < 400) {
        location.assign(sending.responseURL);
        return;
      }
      const page = new DOMParser().parseFromString(sending.responseText, 'text/html');
      const wrong = [...page.querySelectorAll('.error-summary li, #main h1 ~ p')].map((one) => one.textContent.trim());
      tell(wrong.slice(0, 2).join(' ') || form.dataset.failed);
    });
    tell('');
    for (const one of all('.error-summary, form[data-upload] .field .error')) one.remove(); // It was about the file before.
    form.querySelector('.has-error')?.classList.remove('has-error');
    bar.hidden = false;
    button.disabled = true;
    sending.send(new FormData(form));
  });
}

// Print: browsers without scripts have it in their menu.
for (const place of all('[data-print]')) {
  place.hidden = false;
  place.querySelector('button').addEventListener('click', () => print());
}

// Remember where the reader was; the link waits, hidden, in the page.
const resume = document.querySelector('a[data-resume]');
if (resume) {
  const key = `place:${location.pathname}`;
  try {
    const place = localStorage.getItem(key);
    if (place && document.getElementById(place) && !location.hash) {
      resume.href = `#${place}`;
      resume.hidden = false;
    }
    const seen = new IntersectionObserver((entries) => {
      const first = entries.find((entry) => entry.isIntersecting);
      if (first && scrollY > 300) localStorage.setItem(key, first.target.id);
    }, { rootMargin: '0px 0px -70% 0px' });
    for (const paragraph of all('.para[id]')) seen.observe(paragraph);
  } catch { /* Storage may be refused; reading goes on. */ }
}

// A page that waits for the worker says when it is done; it is not reloaded under anybody's hands.
for (const note of all('[data-look-again]')) {
  const look = async () => {
    try {
      const page = await (await fetch(location.href)).text();
      if (!page.includes('data-look-again')) {
        note.textContent = note.dataset.lookAgain;
        if (note.hasAttribute('data-reload')) location.reload(); // Nothing is typed on this page.
        return;
      }
      const bar = note.querySelector('.progress');
      const now = new DOMParser().parseFromString(page, 'text/html').querySelector('[data-look-again] .progress');
      if (bar && now) bar.replaceWith(now);
    } catch { /* The next round tries again. */ }
    setTimeout(look, 3000);
  };
  setTimeout(look, 3000);
}
