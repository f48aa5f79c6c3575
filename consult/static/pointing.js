// Select words of the draft and comment on them. Positions are counted as documents/plain.py says.
const place = document.querySelector('[data-pointing]');
const link = place?.querySelector('a');
const SPACES = /[ \t\n\r\f\v\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g;
const BREAKING = new Set(['P', 'BR', 'PRE', 'BLOCKQUOTE', 'UL', 'OL', 'LI', 'HR', 'TABLE', 'THEAD', 'TBODY', 'TR', 'TH', 'TD', 'DIV']);
const BESIDE = '.para-number, .item-mark, .pointed, bdi, [data-beside]';

const raw = (node) => {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.nodeType === Node.ELEMENT_NODE && node.matches(BESIDE)) return '';
  const inner = [...node.childNodes].map(raw).join('');
  return BREAKING.has(node.nodeName) ? ` ${inner} ` : inner;
};
const plain = (node) => raw(node).replace(SPACES, ' ').replace(/^ | $/g, '').normalize('NFC');
const rangeOf = (node) => { const range = document.createRange(); range.selectNodeContents(node); return range; };

const count = (text) => [...text].length;

// Where a selection stands in one text: its first and last position in code points, and how many the text has.
const wordsIn = (root, selected) => {
  const range = rangeOf(root);
  const before = rangeOf(root);
  if (selected.compareBoundaryPoints(Range.START_TO_START, range) > 0) range.setStart(selected.startContainer, selected.startOffset);
  if (selected.compareBoundaryPoints(Range.END_TO_END, range) < 0) range.setEnd(selected.endContainer, selected.endOffset);
  before.setEnd(range.startContainer, range.startOffset);
  const text = plain(range.cloneContents());
  if (!text) return null;
  const all = plain(root);
  const near = plain(before.cloneContents()).length;
  const start = all.startsWith(text, near) ? near : all.indexOf(text, near);
  const first = count(all.slice(0, start));
  return start < 0 ? {} : { place: `${first}-${first + count(text)}`, length: count(all) };
};

// The address says where the words stand, never what they are: addresses are kept in places that we do not know.
const addressOf = (words, paragraph, root, more) => {
  const url = new URL(place.dataset.pointing + encodeURIComponent(paragraph.id), location.href);
  url.searchParams.set('edition', root.lang);
  if (words.place) {
    url.searchParams.set('place', words.place);
    url.searchParams.set('length', words.length);
  }
  if (more) url.searchParams.set('more', '1');
  return url.href;
};

// The first paragraph that something of is selected, and whether more are.
const find = () => {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed || place.contains(selection.anchorNode)) return null;
  const selected = selection.getRangeAt(0);
  let found = null;
  for (const root of document.querySelectorAll('.para .para-text, .para > :is(h2, h3, h4, h5, h6)')) {
    if (!selected.intersectsNode(root)) continue;
    const paragraph = root.closest('.para');
    if (found?.paragraph === paragraph) continue;
    const words = root.lang && wordsIn(root, selected);
    if (words && found) return { ...found, more: true };
    if (words) found = { words, root, paragraph, more: false };
  }
  return found && { ...found, selected };
};

if (place) {
  let soon;
  const hide = () => { place.hidden = true; };
  const show = () => {
    const found = find();
    if (!found) {
      if (!place.contains(document.activeElement)) hide();
      return;
    }
    link.href = addressOf(found.words, found.paragraph, found.root, found.more);
    // Behind the text, so that the tab key leads from the words to it.
    if (place.previousElementSibling !== found.root) found.root.after(place);
    place.hidden = false;
    // Below the last selected line; on a phone the style sheet puts it at the foot of the screen, clear of the handles.
    const lines = getSelection().getRangeAt(0).getClientRects();
    const box = found.paragraph.getBoundingClientRect();
    const last = Math.min(lines.length ? lines[lines.length - 1].bottom : box.bottom, box.bottom);
    place.style.setProperty('--below', `${Math.round(last - box.top)}px`);
  };
  document.addEventListener('selectionchange', () => { clearTimeout(soon); soon = setTimeout(show, 250); });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') hide();
    // Where words are selected and nothing has the focus, the next stop is what can be done with them.
    if (event.key !== 'Tab' || event.shiftKey || place.hidden || !document.activeElement.contains(place)) return;
    event.preventDefault();
    link.focus();
  });
}
