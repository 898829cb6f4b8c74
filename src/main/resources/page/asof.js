// The history table: its last versions, and rows as they were at one of them.
import {get, post} from './api.js';
import {bytes, count, h, panel, span, table, when} from './dom.js';
import {offerPlaces, placeName, repeat} from './model.js';

const EVERY_MILLIS = 10_000;
const SHOWN = 100;
const SPANS = [60_000, 600_000, 3_600_000, 86_400_000];

/** Panels for the pipeline's table; null if there is none that may be read. */
export function asOf(of, known) {
  if (!of.history || !of.hot.includes(of.time)) return null;
  const has = (column) => column !== null && of.hot.includes(column);
  const versions = table('Table versions', [['Version', 'num'], ['Since'], ['By'], ['Rows', 'num'], ['Files', 'num'], ['Size', 'num'], ['']], 'The table has no version yet.');
  const ofVersions = panel('Table versions', '', versions);

  const version = h('input', {name: 'version', inputmode: 'numeric', pattern: '[0-9]*', placeholder: 'newest', size: 8, autocomplete: 'off'});
  const moment = h('input', {name: 'at', type: 'datetime-local', step: 1});
  const last = h('select', {name: 'last'}, SPANS.map((millis) => h('option', {value: millis}, `Last ${span(millis)}`)));
  const place = h('select', {name: 'as-of-place'}, h('option', {value: ''}, 'All places'));
  const item = h('input', {name: 'item', size: 10, autocomplete: 'off', spellcheck: 'false'});
  const camera = h('input', {name: 'as-of-camera', size: 12, autocomplete: 'off', spellcheck: 'false'});
  const columns = [['Time'], ...(has(of.place) ? [['Place']] : []), ...(has(of.item) ? [['Item']] : []), ...(of.camera ? [['Camera']] : []), ...(of.confidence ? [['Confidence', 'num']] : [])];
  const rows = table('Rows as they were', columns, 'The table had no such row then.');
  const look = h('button', {class: 'first'}, 'Look');
  const form = h(
    'form',
    {class: 'filters', onsubmit: (event) => { event.preventDefault(); ask(); }},
    h('label', null, 'Version', version),
    h('label', null, 'or moment', moment),
    h('label', null, 'Time', last),
    has(of.place) ? h('label', null, 'Place', place) : null,
    has(of.item) ? h('label', null, 'Item', item) : null,
    of.camera ? h('label', null, 'Camera', camera) : null,
    look,
  );
  const told = h('p', {class: 'quiet', role: 'status'}, 'Choose a version, or leave it empty for the newest.');
  const ofRows = panel('Rows as they were', 'from the files of the history table', form, told, rows);
  rows.hidden = true;
  version.addEventListener('input', () => { moment.value = ''; });
  moment.addEventListener('input', () => { version.value = ''; });
  offerPlaces(place, known);

  const buttons = new Map();
  function button(number) {
    if (!buttons.has(number)) {
      buttons.set(number, h('button', {type: 'button', class: 'plain', 'aria-label': `Rows at version ${number}`, onclick: () => {
        version.value = number;
        moment.value = '';
        ask();
      }}, 'Look'));
    }
    return buttons.get(number);
  }

  const stop = repeat(EVERY_MILLIS, async (signal) => {
    const found = (await get(`/api/history?pipeline=${encodeURIComponent(of.name)}`, signal)).versions;
    for (const number of buttons.keys()) {
      if (!found.some((one) => one.version === number)) buttons.delete(number);
    }
    versions.show(found.map((one) => [String(one.version), when(Date.parse(one.time)), (one.operation ?? '').toLowerCase(), count(one.rows), count(one.files), bytes(one.bytes), button(one.version)]));
  }, (error) => ofVersions.note(error ? error.message : 'the newest, with what the table held then'));

  let asking = null;
  async function ask() {
    asking?.abort();
    asking = new AbortController();
    const {signal} = asking;
    const conditions = [];
    const equal = (column, value) => {
      if (value) conditions.push(`${column} = '${value.replaceAll("'", "''")}'`);
    };
    equal(of.place, place.value);
    equal(of.item, item.value.trim());
    equal(of.camera, camera.value.trim());
    const asked = {pipeline: of.name, last_ms: Number(last.value), where: conditions.join(' AND '), limit: SHOWN};
    told.textContent = 'Reading';
    try {
      if (version.value) asked.version = Number(version.value);
      else if (moment.value) asked.at = new Date(moment.value).toISOString();
      const answer = await post('/api/history', asked, signal);
      const at = (name) => answer.columns.findIndex((column) => column.name === name);
      const names = await known().catch(() => new Map());
      if (signal.aborted) return;
      rows.show(answer.rows.map((row) => [
        when(Date.parse(row[at(of.time)])),
        ...(has(of.place) ? [placeName(names, row[at(of.place)] ?? '')] : []),
        ...(has(of.item) ? [row[at(of.item)]] : []),
        ...(of.camera ? [row[at(of.camera)]] : []),
        ...(of.confidence ? [row[at(of.confidence)] === null ? null : Number(row[at(of.confidence)]).toFixed(2)] : []),
      ]));
      rows.hidden = false;
      const made = `Version ${answer.version}, made at ${when(Date.parse(answer.time))}`;
      told.textContent = answer.more ? `${made}: the newest ${count(answer.rows.length)} such rows, there are more.` : `${made}: ${count(answer.rows.length)} such rows.`;
    } catch (error) {
      if (signal.aborted) return;
      rows.hidden = true;
      told.textContent = error.message;
    }
  }

  return {panels: [ofVersions, ofRows], destroy() { stop(); asking?.abort(); }};
}
