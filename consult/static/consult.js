const all = (selector, root = document) => root.querySelectorAll(selector);
const language = document.documentElement.lang;

// Go to what needs mending.
document.querySelector('.error-summary')?.focus();

// Older browsers cannot open these by style alone.
if (matchMedia('(min-width: 60rem)').matches) {
  for (const details of all('details[data-open-wide]')) details.open = true;
}

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

// Unsaved words: save a draft now and then, and ask before leaving.
for (const form of all('form[method="post"]')) {
  const note = form.querySelector('[data-saved]');
  const url = form.dataset.autosave;
  let changed = false;
  let leaving = false;
  form.addEventListener('input', () => { changed = true; });
  form.addEventListener('submit', () => { leaving = true; });
  addEventListener('pageshow', () => { leaving = false; });
  addEventListener('beforeunload', (event) => {
    if (changed && !leaving && form.querySelector('textarea')) event.preventDefault();
  });
  if (!url) continue;
  const save = async () => {
    if (!changed || leaving) return;
    changed = false;
    let saved = false;
    const body = new FormData(form);
    body.delete('idempotency_key'); // Each saving is an act of its own.
    try {
      saved = (await fetch(url, { method: 'POST', body, headers: { Accept: 'application/json' }, redirect: 'manual' })).ok;
    } catch { /* The next round tries again. */ }
    if (!saved) changed = true;
    if (!note) return;
    const time = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', numberingSystem: 'latn' }).format(new Date());
    note.textContent = ((saved ? note.dataset.saved : note.dataset.failed) ?? '').replace('{time}', time);
  };
  setInterval(save, 20000);
  document.addEventListener('visibilitychange', () => { if (document.hidden) save(); });
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
      if (!(await (await fetch(location.href)).text()).includes('data-look-again')) {
        note.textContent = note.dataset.lookAgain;
        return;
      }
    } catch { /* The next round tries again. */ }
    setTimeout(look, 3000);
  };
  setTimeout(look, 3000);
}
