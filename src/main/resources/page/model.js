// What a pipeline is made of, as the views need it: which column is the place, which the item, what places are called.
import {id, query} from './api.js';
import {h} from './dom.js';

const PLACES_FRESH_MILLIS = 60_000;

/** A pipeline of /api/pipelines, seen as places and items. */
export function model(pipeline) {
  const names = (relation) => (relation?.columns ?? []).map((column) => column.name);
  const rollups = pipeline.rollups
    .filter(counts)
    .map((rollup) => ({...rollup, by: rollup.by.filter((column) => names(rollup).includes(column))}))
    .sort((a, b) => a.window_ms - b.window_ms);
  const by = [...new Set(rollups.flatMap((rollup) => rollup.by))];
  const reference = pipeline.references.find((candidate) => by.includes(candidate.key)) ?? null;
  // Who may not read the places sees them by the column that has a rollup to itself.
  const place = reference?.key ?? rollups.find((rollup) => rollup.by.length === 1)?.by[0] ?? by[0] ?? null;
  const byPlace = rollups.filter((rollup) => rollup.by.includes(place));
  // What else a place is seen by; not what it brings with it, as its site.
  const item = [...byPlace.flatMap((rollup) => rollup.by), ...by].find((column) => column !== place && !names(reference).includes(column)) ?? null;
  const byBoth = byPlace.filter((rollup) => rollup.by.includes(item));
  const hot = names(pipeline.hot_window);
  return {
    name: pipeline.pipeline,
    job: pipeline.job,
    time: pipeline.time,
    horizon: pipeline.horizon_ms,
    live: counted(rollups[0]),
    byPlace: counted(byPlace[0]),
    byBoth: counted(byBoth[0]),
    coarse: counted(byBoth.at(-1) ?? byPlace.at(-1) ?? rollups.at(-1)),
    place,
    item,
    camera: hot.find((column) => /camera|sensor|device|sender/.test(column)) ?? null,
    confidence: hot.includes('confidence') ? 'confidence' : null,
    hot,
    history: pipeline.hot_window?.history ?? false,
    hotKeep: pipeline.hot_window?.keep_ms ?? 0,
    reference,
    placeColumns: names(reference),
  };
}

function counts(rollup) {
  const readable = rollup.columns.map((column) => column.name);
  return rollup.measures.find((measure) => measure.function === 'count' && readable.includes(measure.name))?.name;
}

/** A rollup with the name of its count. */
const counted = (rollup) => (rollup ? {...rollup, measure: counts(rollup)} : null);

/** The places by id: {id, name, site, latitude, longitude}. Read again once a minute. */
export function places(of) {
  let reading = null;
  let readAt = 0;
  return () => {
    if (reading === null || performance.now() - readAt > PLACES_FRESH_MILLIS) {
      readAt = performance.now();
      reading = read();
      reading.catch(() => { reading = null; });
    }
    return reading;
  };

  async function read() {
    if (!of.reference) return new Map();
    const columns = of.placeColumns;
    const nameColumn = columns.find((column) => column.endsWith('name')) ?? of.place;
    const rows = await query(`SELECT ${columns.map(id).join(', ')} FROM ${id(of.reference.reference)} LIMIT 10000`);
    return new Map(
      rows.map((row) => [
        String(row[of.place]),
        {id: String(row[of.place]), name: row[nameColumn] ?? row[of.place], site: row.site, latitude: row.latitude, longitude: row.longitude},
      ]),
    );
  }
}

export const placeName = (known, key) => (key === '' ? '(no place)' : known.get(key)?.name ?? key);

/** Adds the places to a choice, by name, once they are known. */
export function offerPlaces(select, known) {
  known().then((names) => select.append(...[...names.values()].sort((a, b) => a.name.localeCompare(b.name)).map((one) => h('option', {value: one.id}, one.name))), () => {});
}

/** Runs now and then again, one run at a time, until aborted; what it throws goes to onError. */
export function repeat(millis, run, onError) {
  const abort = new AbortController();
  let timer;
  const once = async () => {
    try {
      if (!document.hidden) {
        await run(abort.signal);
        onError(null);
      }
    } catch (error) {
      if (!abort.signal.aborted) onError(error);
    }
    if (!abort.signal.aborted) timer = setTimeout(once, millis);
  };
  once();
  return () => {
    abort.abort();
    clearTimeout(timer);
  };
}
