// What happens now: the rate, where, what, and the latest detections.
import {timeline} from './chart.js';
import {clock, count, figures, h, panel, ranking, s, span, zone} from './dom.js';
import {latest} from './latest.js';
import {perSecond, recentRate, series, sum} from './live.js';
import {placeName} from './model.js';

const SHOWN_MILLIS = 600_000;
const PLAN = {width: 560, height: 380, edge: 24};
const MOST_SITES = 9;

export function now(root, {of, live, known}) {
  const numbers = figures([
    ['rate', 'Detections a second', 'first'],
    ['ten', 'In the last 10 minutes'],
    ['places', 'Places with detections'],
    ['behind', 'Complete up to'],
    ['latency', 'Camera to SQL, p99'],
  ]);
  const chart = timeline('Detections a second', 'detections');
  const rate = panel('Detections a second', '', chart);
  const topPlaces = ranking('Top places of the last minute');
  const topItems = ranking('Top items of the last minute');
  const plan = planOfPlaces();
  const list = latest(of, live, known, null, []);
  root.replaceChildren(
    h('h1', {class: 'sr'}, 'Now'),
    numbers,
    rate,
    h('div', {class: 'columns three'}, panel('Top places', 'last minute', topPlaces), panel('Top items', 'last minute', topItems), panel('Plan', 'radius: detections in the last minute', plan)),
    list,
  );
  let names = new Map();
  known().then((read) => { names = read; update(); }, () => {});

  function update() {
    const rollup = live.rollups[of.name];
    if (!rollup) return;
    const {completeUpTo} = rollup;
    const to = Math.max(completeUpTo + rollup.windowMillis, Math.min(live.now(), completeUpTo + 20_000));
    const points = series(rollup, to - SHOWN_MILLIS, to);
    chart.show(perSecond(points, rollup.windowMillis), to - SHOWN_MILLIS, to);
    rate.note(`by windows of ${span(rollup.windowMillis)}; dashed: not complete yet; times in ${zone()}`);
    const byPlace = rollup.lastMinute[of.place] ?? [];
    const byItem = rollup.lastMinute[of.item] ?? [];
    const status = live.statusOf(of.name);
    numbers.set({
      rate: [count(recentRate(points.complete, rollup.windowMillis)), 'mean of the last 10 s'],
      ten: [count(sum(points.complete)), 'complete windows'],
      places: [count(byPlace.filter(([key]) => names.size === 0 || names.has(key)).length), names.size > 0 ? `of ${count(names.size)}, last minute` : 'last minute'],
      behind: [clock(completeUpTo), `${span(live.now() - completeUpTo)} ago`],
      latency: [span(status?.latency_p99_ms), `p50 ${span(status?.latency_p50_ms)}`],
    });
    topPlaces.show(byPlace.map(([key, value]) => ({id: key, name: placeName(names, key), small: names.get(key)?.site, value, href: `#/place/${encodeURIComponent(key)}`})));
    topItems.show(byItem.map(([key, value]) => ({id: key, name: key || '(no item)', value})));
    plan.show(names, new Map(byPlace));
    list.setItems(byItem.map(([key]) => key));
  }

  update();
  return {update, destroy: list.destroy};
}

/** Places by their coordinates; the circle's area is what was detected there. */
function planOfPlaces() {
  const svg = s('svg', {class: 'plan', viewBox: `0 0 ${PLAN.width} ${PLAN.height}`, role: 'img', 'aria-label': 'Plan of places'});
  const empty = h('p', {class: 'empty'}, 'No place has coordinates.');
  const element = h('div', null, svg, empty);
  const circles = new Map();
  let drawn = null;
  element.show = (names, values) => {
    const located = [...names.values()].filter((place) => Number.isFinite(place.latitude) && Number.isFinite(place.longitude));
    empty.hidden = located.length > 0;
    svg.toggleAttribute('hidden', located.length === 0);
    if (drawn !== names) lay(located);
    drawn = names;
    const most = Math.max(1, ...values.values());
    for (const [key, circle] of circles) {
      const value = values.get(key) ?? 0;
      circle.setAttribute('r', value === 0 ? 3 : 3 + 15 * Math.sqrt(value / most));
      circle.classList.toggle('silent', value === 0);
      circle.firstChild.textContent = `${names.get(key).name}: ${count(value)}`;
    }
    svg.setAttribute('aria-label', `Plan of ${located.length} places; the list of top places has the figures`);
  };
  /** Each site in a frame of its own and to its own scale: sites lie far apart, places of one do not. */
  function lay(located) {
    circles.clear();
    const sites = new Map();
    for (const place of located) sites.set(place.site ?? '', [...(sites.get(place.site ?? '') ?? []), place]);
    const groups = sites.size <= MOST_SITES ? [...sites] : [['', located]];
    const columns = Math.ceil(Math.sqrt(groups.length));
    const rows = Math.ceil(groups.length / columns);
    const frame = {width: PLAN.width / columns, height: PLAN.height / rows};
    svg.replaceChildren(
      ...groups.flatMap(([site, places], i) => layIn(places, site, (i % columns) * frame.width, Math.floor(i / columns) * frame.height, frame)),
    );
  }
  function layIn(places, site, left, top, frame) {
    const range = (pick) => {
      const values = places.map(pick);
      return [Math.min(...values), Math.max(...values)];
    };
    const [south, north] = range((place) => place.latitude);
    const [west, east] = range((place) => place.longitude);
    const shrink = Math.cos((((south + north) / 2) * Math.PI) / 180);
    const label = site ? 16 : 0;
    const scale = Math.min((frame.width - 2 * PLAN.edge) / Math.max(1e-9, (east - west) * shrink), (frame.height - label - 2 * PLAN.edge) / Math.max(1e-9, north - south));
    const x = (place) => left + frame.width / 2 + (place.longitude - (west + east) / 2) * shrink * scale;
    const y = (place) => top + label + (frame.height - label) / 2 - (place.latitude - (south + north) / 2) * scale;
    const dots = places.map((place) => {
      const circle = s('circle', {cx: x(place).toFixed(1), cy: y(place).toFixed(1), r: 3, onclick: () => { location.hash = `#/place/${encodeURIComponent(place.id)}`; }}, s('title', null, place.name));
      circles.set(place.id, circle);
      return circle;
    });
    return [s('rect', {class: 'frame', x: left + 3, y: top + 3, width: frame.width - 6, height: frame.height - 6, rx: 6}), site ? s('text', {x: left + 12, y: top + 20}, site) : '', ...dots];
  }
  return element;
}
