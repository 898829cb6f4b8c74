// One place: its rate, what is seen there and by which cameras.
import {at, id, query} from './api.js';
import {timeline} from './chart.js';
import {count, figures, h, panel, ranking, span} from './dom.js';
import {latest} from './latest.js';
import {perSecond, RATE_MILLIS, recentRate, series, sum} from './live.js';
import {placeName, repeat} from './model.js';

const SHOWN_MILLIS = 600_000;
const EVERY_MILLIS = 2_000;
const ITEMS_EVERY_MILLIS = 10_000;
const CAMERAS_MILLIS = 60_000;
const CAMERAS_EVERY_MILLIS = 15_000;

export function place(root, {of, live, known}, key) {
  const title = h('h1', null, key || '(no place)');
  const where = h('p', {class: 'quiet'});
  const numbers = figures([
    ['rate', 'Detections a second', 'first'],
    ['ten', 'In the last 10 minutes'],
    ['share', 'Share of all, last minute'],
  ]);
  const chart = timeline(`Detections a second at ${key}`, 'detections');
  const rate = panel('Detections a second', '', chart);
  const items = ranking('Items at this place');
  const cameras = ranking('Cameras at this place');
  const ofItems = panel('Items', 'last 10 minutes', items);
  const ofCameras = panel('Cameras', 'last minute', cameras);
  const inHotWindow = of.hot.includes(of.place);
  const list = inHotWindow ? latest(of, live, known, key, []) : latest({...of, hot: []}, live, known, key, []);
  const withCameras = inHotWindow && of.camera !== null;
  root.replaceChildren(
    h('div', {class: 'head'}, title, where, h('a', {href: '#/now', class: 'quiet'}, 'All places')),
    numbers,
    rate,
    h('div', {class: 'columns wide-narrow'}, list, h('div', {class: 'stack'}, of.byBoth ? ofItems : null, withCameras ? ofCameras : null)),
  );
  known().then((names) => {
    title.textContent = placeName(names, key);
    where.textContent = [names.get(key)?.site, key].filter(Boolean).join(', ');
  }, () => {});

  const completeUpTo = () => live.rollups[of.name]?.completeUpTo ?? live.now();
  const stopRate = repeat(EVERY_MILLIS, async (signal) => {
    const step = of.byPlace.window_ms;
    const to = Math.ceil((completeUpTo() + 1) / step) * step;
    const from = to - SHOWN_MILLIS;
    const rows = await query(
      `SELECT window_start, SUM(${id(of.byPlace.measure)}) AS n FROM ${id(of.byPlace.rollup)}
       WHERE window_start >= '${at(from)}' AND ${id(of.place)} = $1 GROUP BY window_start`,
      [key], signal);
    const totals = new Map(rows.map((row) => [Date.parse(row.window_start), row.n]));
    const seen = live.rollups[of.name]?.totals.keys() ?? [];
    const since = Math.floor(Math.min(...seen) / step) * step;
    const points = series({totals, windowMillis: step, completeUpTo: completeUpTo()}, from, to, since);
    chart.show(perSecond(points, step), from, to);
    const all = live.rollups[of.name]?.lastMinute[of.place] ?? [];
    const mine = all.find(([name]) => name === key)?.[1] ?? 0;
    numbers.set({
      rate: [recentRate(points.complete, step).toFixed(1), `mean of the last ${span(Math.max(step, RATE_MILLIS))}`],
      ten: [count(sum(points.complete)), 'complete windows'],
      share: [`${((100 * mine) / Math.max(1, sum(all))).toFixed(1)} %`, `${count(mine)} detections`],
    });
  }, (error) => rate.note(error ? error.message : `by windows of ${span(of.byPlace.window_ms)}`));

  const stopItems = of.byBoth
    ? repeat(ITEMS_EVERY_MILLIS, async (signal) => {
        const rows = await query(
          `SELECT ${id(of.item)} AS item, SUM(${id(of.byBoth.measure)}) AS n FROM ${id(of.byBoth.rollup)}
           WHERE window_start >= '${at(completeUpTo() - SHOWN_MILLIS)}' AND ${id(of.place)} = $1 GROUP BY ${id(of.item)} ORDER BY n DESC`, [key], signal);
        items.show(rows.map((row) => ({name: row.item ?? '(no item)', value: row.n})));
        list.setItems(rows.map((row) => row.item ?? ''));
      }, (error) => ofItems.note(error ? error.message : 'last 10 minutes'))
    : () => {};

  const stopCameras = withCameras
    ? repeat(CAMERAS_EVERY_MILLIS, async (signal) => {
        const rows = await query(
          `SELECT ${id(of.camera)} AS camera, COUNT(*) AS n FROM ${id(of.name)} WHERE ${id(of.time)} >= '${at(completeUpTo() - CAMERAS_MILLIS)}' AND ${id(of.place)} = $1
           GROUP BY ${id(of.camera)} ORDER BY n DESC LIMIT 10`, [key], signal);
        cameras.show(rows.map((row) => ({name: row.camera, value: row.n})));
      }, (error) => ofCameras.note(error ? error.message : 'last minute'))
    : () => {};

  /** Items that are not known of this place are those of all. */
  function update() {
    if (!of.byBoth) list.setItems((live.rollups[of.name]?.lastMinute[of.item] ?? []).map(([name]) => name));
  }

  update();
  return {update, destroy() { stopRate(); stopItems(); stopCameras(); list.destroy(); }};
}
