// Elements, and values as people read them.

const SVG = 'http://www.w3.org/2000/svg';

function build(element, properties, children) {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** An HTML element: h('p', {class: 'quiet'}, 'text', child). Text is never markup. */
export const h = (tag, properties, ...children) => build(document.createElement(tag), properties, children);

/** An SVG element. */
export const s = (tag, properties, ...children) => build(document.createElementNS(SVG, tag), properties, children);

/** Sets text only where it differs, so that a selection and a screen reader's place survive. */
export function text(element, value) {
  if (element.textContent !== value) element.textContent = value;
}

const WHOLE = new Intl.NumberFormat('en', {maximumFractionDigits: 0});
const ONE = new Intl.NumberFormat('en', {minimumFractionDigits: 1, maximumFractionDigits: 1});

export const count = (value) => (value === null || value === undefined ? '–' : WHOLE.format(value));

export function percent(part, whole) {
  return whole > 0 ? `${((100 * part) / whole).toFixed(part / whole < 0.01 ? 2 : 1)} %` : '–';
}

/** A span of time in the largest unit that tells it. */
export function span(millis) {
  if (millis === null || millis === undefined || Number.isNaN(millis)) return '–';
  const size = Math.abs(millis);
  if (size < 1000) return `${Math.round(millis)} ms`;
  if (size < 60_000 || (size < 120_000 && size % 60_000 !== 0)) return `${(size < 9_950 && size % 1000 !== 0 ? ONE : WHOLE).format(millis / 1000)} s`;
  if (size < 7_200_000) return `${WHOLE.format(millis / 60_000)} min`;
  if (size < 172_800_000) return `${WHOLE.format(millis / 3_600_000)} h`;
  return `${WHOLE.format(millis / 86_400_000)} d`;
}

/** A size in the largest unit that tells it. */
export function bytes(size) {
  if (size === null || size === undefined) return '–';
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const unit = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, size)) / 3)));
  const value = size / 1000 ** unit;
  return `${(value < 9.95 && unit > 0 ? ONE : WHOLE).format(value)} ${units[unit]}`;
}

const pad = (number, length = 2) => String(number).padStart(length, '0');

/** The time of day, local. */
export function clock(millis, fraction = false) {
  const time = new Date(millis);
  const seconds = `${pad(time.getHours())}:${pad(time.getMinutes())}:${pad(time.getSeconds())}`;
  return fraction ? `${seconds}.${pad(time.getMilliseconds(), 3)}` : seconds;
}

/** The time of day, and the day where it is another than today. */
export function when(millis) {
  const day = new Date(millis);
  return day.toDateString() === new Date().toDateString() ? clock(millis) : `${day.getFullYear()}-${pad(day.getMonth() + 1)}-${pad(day.getDate())} ${clock(millis)}`;
}

export const minute = (millis) => clock(millis).slice(0, 5);

export const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone ?? 'local time';

/** A panel with a heading. */
export function panel(title, note, ...content) {
  const small = h('span', {class: 'quiet'}, note ?? '');
  const element = h('section', {class: 'panel'}, h('header', null, h('h2', null, title), small), content);
  element.note = (value) => text(small, value);
  return element;
}

/** A row of figures; set({key: value}) or set({key: [value, small, warn]}). */
export function figures(entries) {
  const cells = {};
  const list = h(
    'dl',
    {class: 'figures'},
    entries.map(([key, label, kind]) => {
      const value = h('span', {'data-figure': key}, '–');
      const small = h('small');
      const cell = h('div', {class: kind}, h('dt', null, label), h('dd', null, value), small);
      cells[key] = {cell, value, small};
      return cell;
    }),
  );
  list.set = (values) => {
    for (const [key, given] of Object.entries(values)) {
      const [value, small, warn] = Array.isArray(given) ? given : [given, '', false];
      text(cells[key].value, value);
      text(cells[key].small, small ?? '');
      cells[key].cell.classList.toggle('warn', Boolean(warn));
    }
  };
  return list;
}

/** Names with a bar each, the largest first; show([{name, small, value, href, id}]). */
export function ranking(what) {
  const list = h('ol', {class: 'rank', 'aria-label': what});
  const empty = h('p', {class: 'empty'}, 'Nothing yet.');
  const element = h('div', null, list, empty);
  element.show = (rows, shown = 10) => {
    empty.hidden = rows.length > 0;
    const most = Math.max(1, ...rows.map((row) => row.value));
    const visible = rows.slice(0, shown);
    while (list.children.length > visible.length) list.lastChild.remove();
    visible.forEach((row, i) => {
      let item = list.children[i];
      if (!item) {
        const name = h('a');
        const small = h('small');
        item = h('li', null, h('span', {class: 'fill', 'aria-hidden': 'true'}), h('span', {class: 'name'}, name, small), h('span', {class: 'num'}));
        list.append(item);
      }
      const [fill, name, number] = item.children;
      item.dataset.key = row.id ?? row.name;
      fill.style.width = `${(100 * row.value) / most}%`;
      const link = name.firstChild;
      if (row.href) link.setAttribute('href', row.href);
      else link.removeAttribute('href');
      text(link, row.name);
      name.title = row.small ? `${row.name}, ${row.small}` : row.name;
      text(name.lastChild, row.small ?? '');
      text(number, row.label ?? count(row.value));
    });
  };
  return element;
}

/** A table; show(rows), a row being a list of texts or elements. Columns: [heading, class]. */
export function table(caption, columns, emptyText = 'Nothing yet.') {
  const body = h('tbody');
  const whole = h('table', null, h('caption', null, caption), h('thead', null, h('tr', null, columns.map(([name, kind]) => h('th', {scope: 'col', class: kind}, name)))), body);
  const empty = h('p', {class: 'empty', hidden: true}, emptyText);
  const element = h('div', {class: 'scroll tall', tabindex: '0', role: 'region', 'aria-label': caption}, whole, empty);
  element.show = (rows) => {
    const focused = document.activeElement;
    empty.hidden = rows.length > 0;
    whole.hidden = rows.length === 0;
    while (body.children.length > rows.length) body.lastChild.remove();
    rows.forEach((row, r) => {
      let line = body.children[r];
      if (!line) {
        line = h('tr', null, columns.map(([, kind]) => h('td', {class: kind})));
        body.append(line);
      }
      row.forEach((value, c) => {
        if (value instanceof Node) {
          if (line.children[c].firstChild !== value) line.children[c].replaceChildren(value);
        } else text(line.children[c], value === null || value === undefined ? '–' : String(value));
      });
    });
    // What moved to another row has lost it.
    if (focused !== document.activeElement && element.contains(focused)) focused.focus({preventScroll: true});
  };
  return element;
}
