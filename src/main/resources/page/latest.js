// The latest detections, filtered by place, item and camera.
import {at, id, query} from './api.js';
import {clock, h, panel, table} from './dom.js';
import {offerPlaces, placeName, repeat} from './model.js';

const EVERY_MILLIS = 2_000;
const SHOWN = 50;

/**
 * @param of the pipeline's model
 * @param fixed a place that is shown alone, or null
 */
export function latest(of, live, known, fixed, items) {
  const has = (column) => column !== null && of.hot.includes(column);
  if (!has(of.time)) {
    const element = panel('Latest detections', '', h('p', {class: 'empty'}, 'You may not read the hot window.'));
    return Object.assign(element, {setItems() {}, destroy() {}});
  }
  const withPlace = !fixed && has(of.place);
  const withItem = has(of.item);
  const columns = [['Time'], ...(withPlace ? [['Place']] : []), ...(withItem ? [['Item']] : []), ...(of.camera ? [['Camera']] : []), ...(of.confidence ? [['Confidence', 'num']] : [])];
  const rows = table('Latest detections', columns, 'No detection matches, or none came yet.');
  const place = h('select', {name: 'place'}, h('option', {value: ''}, 'All places'));
  const item = h('select', {name: 'item'}, h('option', {value: ''}, 'All items'));
  const camera = h('input', {name: 'camera', placeholder: 'cam-0001', autocomplete: 'off', spellcheck: 'false', size: 12});
  const pause = h('button', {type: 'button', 'aria-pressed': 'false'}, 'Pause');
  const filters = h(
    'form',
    {class: 'filters', onsubmit: (event) => { event.preventDefault(); restart(); }},
    withPlace ? h('label', null, 'Place', place) : null,
    withItem ? h('label', null, 'Item', item) : null,
    of.camera ? h('label', null, 'Camera', camera) : null,
    pause,
  );
  const element = panel('Latest detections', '', filters, rows);
  let paused = false;
  let stop = () => {};
  pause.addEventListener('click', () => {
    paused = !paused;
    pause.setAttribute('aria-pressed', String(paused));
    pause.textContent = paused ? 'Go on' : 'Pause';
  });
  for (const input of [place, item, camera]) input.addEventListener('change', restart);

  function statement() {
    const parameters = [];
    const conditions = [];
    const equal = (column, value) => {
      if (value) conditions.push(`${id(column)} = $${parameters.push(value)}`);
    };
    equal(of.place, fixed ?? place.value);
    equal(of.item, item.value);
    equal(of.camera, camera.value.trim());
    const picked = [of.time, withPlace ? of.place : null, withItem ? of.item : null, of.camera, of.confidence].filter(Boolean);
    // A bound, so that a camera that is seldom seen does not have all of the window read backwards.
    const to = live.statusOf(of.name)?.complete_up_to;
    const from = (to ? Date.parse(to) : live.now()) - Math.min(of.hotKeep, 600_000);
    conditions.push(`${id(of.time)} >= '${at(from)}'`);
    return [`SELECT ${picked.map(id).join(', ')} FROM ${id(of.name)} WHERE ${conditions.join(' AND ')} ORDER BY ${id(of.time)} DESC LIMIT ${SHOWN}`, parameters];
  }

  function restart() {
    stop();
    stop = repeat(EVERY_MILLIS, async (signal) => {
      if (paused) return;
      const found = await query(...statement(), signal);
      const names = await known();
      rows.show(
        found.map((row) => [
          clock(Date.parse(row[of.time]), true),
          ...(withPlace ? [h('a', {href: `#/place/${encodeURIComponent(row[of.place] ?? '')}`}, placeName(names, row[of.place] ?? ''))] : []),
          ...(withItem ? [row[of.item]] : []),
          ...(of.camera ? [row[of.camera]] : []),
          ...(of.confidence ? [row[of.confidence]?.toFixed(2)] : []),
        ]),
      );
    }, (error) => element.note(error ? error.message : `the last ${SHOWN}, by camera time`));
  }

  offerPlaces(place, known);
  element.setItems = (values) => {
    const have = new Set([...item.options].map((option) => option.value));
    item.append(...values.filter((value) => !have.has(value)).map((value) => h('option', {value}, value)));
  };
  element.setItems(items);
  restart();
  element.destroy = () => stop();
  return element;
}
