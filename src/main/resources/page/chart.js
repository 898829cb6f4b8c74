// Charts as SVG: styled by the sheet, so they follow light and dark by themselves.
import {clock, count, h, minute, s, text} from './dom.js';

const LEFT = 46;
const BOTTOM = 20;
const TOP = 8;
const RIGHT = 6;

/** Rounds up to a number whose half is short, too. */
function ceiling(value) {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 3, 4, 5, 6, 8, 10].map((step) => step * power).find((step) => step >= value);
}

/** Rates may be fractions. */
const figure = (value) => (value < 100 && !Number.isInteger(value) ? value.toFixed(1) : count(value));

const short = new Intl.NumberFormat('en', {notation: 'compact', maximumFractionDigits: 1});

/** An area over time; show({complete, open}, from, to): the windows that still change are drawn apart. */
export function timeline(label, unit, low = false) {
  const svg = s('svg', {role: 'img', 'aria-label': label});
  const tip = h('div', {class: 'tip', hidden: true});
  const element = h('div', {class: low ? 'chart low' : 'chart'}, svg, tip);
  let shown = null;
  let pointer = null;
  const observer = new ResizeObserver(() => draw());
  observer.observe(element);

  element.show = (points, from, to) => {
    shown = {points, from, to};
    draw();
  };

  function draw() {
    const width = element.clientWidth;
    const height = element.clientHeight;
    if (!shown || width < 60) return;
    const {points, from, to} = shown;
    const all = [...points.complete, ...points.open];
    const top = ceiling(Math.max(0, ...all.map(([, value]) => value)) * 1.02);
    const x = (time) => LEFT + ((time - from) / (to - from)) * (width - LEFT - RIGHT);
    const y = (value) => TOP + (1 - value / top) * (height - TOP - BOTTOM);
    const parts = [];
    for (const share of [0, 0.5, 1]) {
      const level = y(top * share);
      parts.push(s('line', {class: 'grid', x1: LEFT, x2: width - RIGHT, y1: level, y2: level}));
      parts.push(s('text', {x: LEFT - 8, y: level + 4, 'text-anchor': 'end'}, short.format(top * share)));
    }
    const step = tickStep(to - from, width);
    for (let tick = Math.ceil(from / step) * step; tick <= to; tick += step) {
      if (x(tick) > LEFT + 14 && x(tick) < width - 14) {
        parts.push(s('text', {x: x(tick), y: height - 3, 'text-anchor': 'middle'}, minute(tick)));
      }
    }
    const line = (list) => list.map(([time, value]) => `${x(time).toFixed(1)},${y(value).toFixed(1)}`).join('L');
    if (points.complete.length > 1) {
      const first = x(points.complete[0][0]).toFixed(1);
      const last = x(points.complete.at(-1)[0]).toFixed(1);
      parts.push(s('path', {class: 'area', d: `M${first},${y(0)}L${line(points.complete)}L${last},${y(0)}Z`}));
      parts.push(s('path', {class: 'line', d: `M${line(points.complete)}`}));
      const start = x(points.complete.at(-1)[0]);
      if (points.open.length > 0) {
        parts.push(s('rect', {class: 'open-area', x: start, y: TOP, width: Math.max(0, width - RIGHT - start), height: height - TOP - BOTTOM}));
        parts.push(s('path', {class: 'open-line', d: `M${line([points.complete.at(-1), ...points.open])}`}));
      }
    }
    hover(all, x, y, parts, width, height);
    svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    svg.setAttribute('aria-label', `${label}: ${summary(points.complete, unit)}`);
    svg.replaceChildren(...parts);
  }

  function hover(all, x, y, parts, width, height) {
    tip.hidden = pointer === null || all.length === 0;
    if (tip.hidden) return;
    const [time, value] = all.reduce((best, point) => (Math.abs(x(point[0]) - pointer) < Math.abs(x(best[0]) - pointer) ? point : best));
    parts.push(s('line', {class: 'cross', x1: x(time), x2: x(time), y1: TOP, y2: height - BOTTOM}));
    text(tip, `${clock(time)}  ${figure(value)} ${unit}`);
    tip.style.left = `${Math.max(0, Math.min(width - tip.offsetWidth, x(time) - tip.offsetWidth / 2))}px`;
  }

  svg.addEventListener('pointermove', (event) => {
    pointer = event.clientX - element.getBoundingClientRect().left;
    draw();
  });
  svg.addEventListener('pointerleave', () => {
    pointer = null;
    draw();
  });
  return element;
}

function tickStep(length, width) {
  const steps = [60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000, 7_200_000, 14_400_000];
  return steps.find((step) => (length / step) * 64 < width - LEFT) ?? 21_600_000;
}

function summary(points, unit) {
  if (points.length === 0) return 'nothing yet';
  const values = points.map(([, value]) => value);
  return `now ${figure(values.at(-1))}, between ${figure(Math.min(...values))} and ${figure(Math.max(...values))} ${unit}`;
}

/** Bars side by side; show([{label, value, beyond}], mark): mark is the index before which a line stands. */
export function bars(label) {
  const svg = s('svg', {role: 'img', 'aria-label': label});
  const element = h('div', {class: 'chart low'}, svg);
  let shown = null;
  new ResizeObserver(() => draw()).observe(element);
  element.show = (rows, mark = -1) => {
    shown = {rows, mark};
    draw();
  };
  function draw() {
    const width = element.clientWidth;
    const height = element.clientHeight;
    if (!shown || width < 60) return;
    const {rows, mark} = shown;
    const most = ceiling(Math.max(...rows.map((row) => row.value), 1));
    const slot = (width - LEFT - RIGHT) / Math.max(1, rows.length);
    const every = Math.ceil(46 / slot);
    const parts = [s('line', {class: 'grid', x1: LEFT, x2: width - RIGHT, y1: height - BOTTOM, y2: height - BOTTOM})];
    parts.push(s('text', {x: LEFT - 8, y: TOP + 6, 'text-anchor': 'end'}, short.format(most)));
    parts.push(s('text', {x: LEFT - 8, y: height - BOTTOM + 4, 'text-anchor': 'end'}, '0'));
    const group = s('g', {class: 'bars'});
    rows.forEach((row, i) => {
      const tall = row.value === 0 ? 0 : Math.max(1.5, (row.value / most) * (height - TOP - BOTTOM));
      const bar = s('rect', {class: row.beyond ? 'beyond' : null, x: LEFT + i * slot + 1, y: height - BOTTOM - tall, width: Math.max(1, slot - 2), height: tall});
      bar.append(s('title', null, `up to ${row.label}: ${count(row.value)}`));
      group.append(bar);
      if (i % every === 0) parts.push(s('text', {x: LEFT + (i + 0.5) * slot, y: height - 3, 'text-anchor': 'middle'}, row.label));
    });
    parts.push(group);
    if (mark >= 0) {
      const at = LEFT + mark * slot;
      parts.push(s('line', {class: 'mark-line', x1: at, x2: at, y1: TOP, y2: height - BOTTOM}));
    }
    svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    svg.setAttribute('aria-label', `${label}: ${rows.map((row) => `up to ${row.label} ${count(row.value)}`).join(', ') || 'nothing yet'}`);
    svg.replaceChildren(...parts);
  }
  return element;
}
