// The minutes that the grid keeps: a place, or all, over the last hours; and the table of all that ever came.
import {at, id, query} from './api.js';
import {asOf} from './asof.js';
import {timeline} from './chart.js';
import {clock, count, figures, h, panel, ranking, span, table} from './dom.js';
import {series} from './live.js';
import {offerPlaces, placeName, repeat} from './model.js';

const EVERY_MILLIS = 15_000;
const HOURS = [1, 6, 24];

export function history(root, {of, live, known}) {
  const place = h('select', null, h('option', {value: ''}, 'All places'));
  const length = h('select', null, HOURS.map((hours) => h('option', {value: hours}, hours === 1 ? 'Last hour' : `Last ${hours} hours`)));
  const withItem = of.coarse.by.includes(of.item);
  const numbers = figures([['sum', 'Detections', 'first'], ['mean', 'Mean a window'], ['peak', 'Busiest window'], ['windows', 'Complete windows']]);
  const chart = timeline('Detections by window', 'detections');
  const items = ranking('Items');
  const rows = table('Windows', [['From'], ['Detections', 'num']], 'No window is complete yet.');
  const main = panel('Detections', '', chart);
  const past = asOf(of, known);
  root.replaceChildren(
    h('div', {class: 'head'}, h('h1', null, 'History'), h('p', {class: 'quiet'}, `from ${of.coarse.rollup}, which the grid keeps for ${span(of.coarse.keep_ms)}${past ? '; below, the table that keeps every event' : ''}`)),
    h('form', {class: 'filters', onsubmit: (event) => event.preventDefault()}, h('label', null, 'Place', place), h('label', null, 'Time', length)),
    numbers,
    main,
    h('div', {class: 'columns two'}, panel('Items', 'over the time chosen', items), panel('Windows', 'newest first', rows)),
    past ? h('div', {class: 'columns two'}, past.panels) : '',
  );
  offerPlaces(place, known);

  async function read(signal) {
    const step = of.coarse.window_ms;
    const completeUpTo = live.rollups[of.name]?.completeUpTo ?? live.now();
    const to = Math.floor(completeUpTo / step) * step + step;
    const from = to - Number(length.value) * 3_600_000;
    const where = place.value ? ` AND ${id(of.place)} = $1` : '';
    const found = await query(
      `SELECT window_start, ${withItem ? `${id(of.item)} AS item,` : ''} SUM(${id(of.coarse.measure)}) AS n FROM ${id(of.coarse.rollup)} WHERE window_start >= '${at(from)}'${where}
       GROUP BY window_start${withItem ? `, ${id(of.item)}` : ''}`,
      place.value ? [place.value] : [], signal);
    const totals = new Map();
    const byItem = new Map();
    for (const row of found) {
      const window = Date.parse(row.window_start);
      totals.set(window, (totals.get(window) ?? 0) + row.n);
      if (withItem) byItem.set(row.item ?? '', (byItem.get(row.item ?? '') ?? 0) + row.n);
    }
    const first = totals.size > 0 ? Math.min(...totals.keys()) : to;
    const points = series({totals, windowMillis: step, completeUpTo}, from, to);
    chart.show(points, Math.max(from, first), to);
    const values = points.complete.map(([, value]) => value);
    const sum = values.reduce((all, value) => all + value, 0);
    const peak = Math.max(0, ...values);
    const busiest = points.complete.find(([, value]) => value === peak);
    numbers.set({
      sum: [count(sum), place.value ? placeName(await known(), place.value) : 'all places'],
      mean: [count(values.length ? sum / values.length : null), `of ${span(step)}`],
      peak: [count(values.length ? peak : null), busiest ? `at ${clock(busiest[0]).slice(0, 5)}` : ''],
      windows: [count(values.length), ''],
    });
    items.show([...byItem].sort((a, b) => b[1] - a[1]).map(([name, value]) => ({name: name || '(no item)', value})));
    rows.show([...points.complete].reverse().map(([window, value]) => [clock(window).slice(0, step < 60_000 ? 8 : 5), count(value)]));
  }

  let stop = () => {};
  function restart() {
    stop();
    stop = repeat(EVERY_MILLIS, read, (error) => main.note(error ? error.message : `by windows of ${span(of.coarse.window_ms)}; dashed: not complete yet`));
  }
  place.addEventListener('change', restart);
  length.addEventListener('change', restart);
  restart();
  return {update() {}, destroy() { stop(); past?.destroy(); }};
}
