// How far the figures can be trusted: complete up to when, and what was late, doubled, unmatched or refused.
import {at, id, query} from './api.js';
import {bars} from './chart.js';
import {clock, count, figures, h, panel, percent, ranking, span, table, text} from './dom.js';
import {quantile} from './live.js';
import {repeat} from './model.js';

const EVERY_MILLIS = 3_000;
const STRIP_MILLIS = 30_000;
const LETTERS = 20;
const COVERED = 0.999;
const SILENT_MILLIS = 30_000;
const SKEW_MILLIS = 2_000;

export function trust(root, {of, live, readable}) {
  const can = (relation) => readable.includes(relation);
  const complete = figures([
    ['upto', 'Complete up to', 'first'],
    ['behind', 'Behind the clock'],
    ['lag', 'Records not read yet'],
    ['late', 'Late, still counted'],
    ['corrected', 'Windows corrected'],
    ['uncorrected', 'Too late for a window'],
  ]);
  const done = h('span', {class: 'done'});
  const strip = h('div', null, h('div', {class: 'strip', role: 'img', 'aria-label': 'How much of the last 30 seconds is complete'}, done, h('span', {class: 'open'})), h('div', {class: 'ends'}, h('span', null, '30 s ago'), h('span', null, 'now')));
  const latency = figures([['p50', 'To SQL, p50'], ['p99', 'To SQL, p99'], ['seen50', 'To this screen, p50'], ['seen99', 'To this screen, p99']]);
  const partitions = table('Topic partitions', [['Partition'], ['Source time'], ['Next offset', 'num'], ['Lag', 'num']]);
  const events = figures([['events', 'Events'], ['originals', 'Originals'], ['duplicates', 'Duplicates dropped'], ['unmatched', 'Without reference data'], ['letters', 'Dead letters']]);
  const gaps = bars('Duplicates by their gap to the original');
  const horizon = h('p', {class: 'quiet'});
  const ledger = table('Latest duplicates', [['Id'], ['Camera'], ['Gap', 'num'], ['Source time']], 'No duplicate was dropped.');
  const reasons = ranking('Dead letters by reason');
  const letters = table('Dead letters', [['Source time'], ['Record'], ['Field'], ['Detail', 'wrap'], ['Text', 'wrap']], 'None is kept any more.');
  const inside = panel('A look inside', '', letters);
  inside.hidden = true;
  const duplicatesPanel = panel('Duplicates', 'by the gap to the original', gaps, horizon);
  const reasonsPanel = panel('Dead letters', 'by reason; choose one to look inside', reasons);
  const cameras = camerasPanel(of, live);
  root.replaceChildren(
    h('h1', {class: 'sr'}, 'Trust'),
    panel('Completeness', 'what the answers of this moment rest on', complete, strip),
    h('div', {class: 'columns two'},
      panel('Latency', 'from the camera; to this screen: until a figure here is complete', latency),
      can('topic_partitions') ? panel('Topic partitions', 'the slowest holds the watermark back', partitions) : null),
    panel('Every event', 'since the job began', events),
    h('div', {class: 'columns two'},
      h('div', {class: 'stack'}, can('duplicate_gaps') ? duplicatesPanel : null, can('duplicates') ? panel('Latest duplicates', 'from the ledger', ledger) : null),
      h('div', {class: 'stack'}, can('dead_letter_reasons') ? reasonsPanel : null, inside, cameras)),
  );

  let chosen = null;
  reasons.addEventListener('click', (event) => {
    const reason = event.target.closest('li')?.dataset.key;
    if (reason && event.target.closest('a')) {
      event.preventDefault();
      chosen = reason;
      look();
    }
  });

  async function look() {
    inside.hidden = false;
    inside.note(`the last ${LETTERS} of ${chosen}`);
    try {
      const rows = await query(
        `SELECT source_time, topic_partition, record_offset, field, detail, text FROM dead_letters WHERE pipeline = $1 AND reason = $2 ORDER BY source_time DESC LIMIT ${LETTERS}`,
        [of.name, chosen]);
      letters.show(rows.map((row) => [clock(Date.parse(row.source_time), true), `${row.topic_partition}:${row.record_offset}`, row.field, row.detail, (row.text ?? '').slice(0, 400)]));
    } catch (error) {
      inside.note(error.message);
    }
  }

  const mine = (relation, rest) => query(`SELECT * FROM ${relation} WHERE pipeline = $1 ${rest}`, [of.name]);
  const stop = repeat(EVERY_MILLIS, async () => {
    if (can('topic_partitions')) {
      const rows = await mine('topic_partitions', 'ORDER BY source_time');
      partitions.show(rows.map((row) => [row.topic_partition, row.source_time ? clock(Date.parse(row.source_time), true) : '–', count(row.next_offset), count(row.lag_events)]));
    }
    if (can('duplicate_gaps')) showGaps(await mine('duplicate_gaps', ''));
    if (can('duplicates')) {
      const rows = await query('SELECT id, sender, gap_ms, source_time FROM duplicates WHERE pipeline = $1 ORDER BY source_time DESC LIMIT 10', [of.name]);
      ledger.show(rows.map((row) => [row.id, row.sender, span(row.gap_ms), clock(Date.parse(row.source_time), true)]));
    }
    if (can('dead_letter_reasons')) {
      const rows = await mine('dead_letter_reasons', 'ORDER BY dead_letters DESC');
      reasons.show(rows.map((row) => ({id: row.reason, name: row.reason.replaceAll('_', ' '), value: row.dead_letters, href: can('dead_letters') ? '#/trust' : null})));
    }
  }, (error) => duplicatesPanel.note(error ? error.message : 'by the gap to the original'));

  function showGaps(rows) {
    const sorted = rows.map((row) => ({upTo: row.gap_up_to_ms, value: row.duplicates})).sort((a, b) => a.upTo - b.upTo);
    const all = sorted.reduce((sum, row) => sum + row.value, 0);
    let seen = 0;
    let covering = null;
    for (const row of sorted) {
      seen += row.value;
      if (covering === null && seen >= COVERED * all) covering = row.upTo;
    }
    gaps.show(sorted.map((row) => ({label: span(row.upTo), value: row.value, beyond: covering !== null && row.upTo > covering})));
    text(horizon, all === 0 ? 'No duplicate yet, so nothing to choose a horizon by.'
      : `99.9 % of ${count(all)} duplicates came within ${span(covering)} of their original; the horizon is ${span(of.horizon)}${covering * 2 < of.horizon ? `, and ${span(covering * 2)} would leave room` : ''}. Copies later than the horizon count as events and are not seen here.`);
  }

  function update() {
    const status = live.statusOf(of.name);
    if (!status) return;
    const behind = status.complete_up_to ? live.now() - Date.parse(status.complete_up_to) : null;
    complete.set({
      upto: [status.complete_up_to ? clock(Date.parse(status.complete_up_to), true) : '–', `job ${status.job?.toLowerCase() ?? 'unknown'}`, status.job !== 'RUNNING'],
      behind: [span(behind), '', behind > 30_000],
      lag: [count(status.lag_events), 'in the broker'],
      late: [count(status.late), percent(status.late, status.originals)],
      corrected: [count(status.corrections), 'after they were complete'],
      uncorrected: [count(status.late_uncorrected), 'in events and history only', status.late_uncorrected > 0],
    });
    done.style.width = `${Math.max(0, Math.min(100, 100 - (100 * (behind ?? STRIP_MILLIS)) / STRIP_MILLIS))}%`;
    const ages = live.ages[of.name] ?? [];
    latency.set({
      p50: [span(status.latency_p50_ms), 'last 10 s'],
      p99: [span(status.latency_p99_ms), 'last 10 s'],
      seen50: [span(quantile(ages, 0.5)), `${ages.length} frames`],
      seen99: [span(quantile(ages, 0.99)), 'needs clocks that agree'],
    });
    events.set({
      events: [count(status.events), `${count(status.records)} records`],
      originals: [count(status.originals), percent(status.originals, status.events)],
      duplicates: [count(status.duplicates), percent(status.duplicates, status.events)],
      unmatched: [count(status.unmatched), percent(status.unmatched, status.originals), status.unmatched > 0.01 * status.originals],
      letters: [count(status.dead_letters), percent(status.dead_letters, status.events + status.dead_letters)],
    });
  }

  update();
  return {update, destroy: stop};
}

/** Cameras that fell silent or whose clocks are off: reads the whole hot window, so only when asked. */
function camerasPanel(of, live) {
  if (!of.camera || !of.hot.includes('source_time')) return null;
  const found = table('Cameras', [['Camera'], ['Last seen'], ['Clock', 'num'], ['Why']], 'No camera is silent, and no clock is off.');
  found.hidden = true;
  const look = h('button', {type: 'button'}, 'Look at all cameras');
  const element = panel('Silent cameras and clocks', 'reads the hot window once', h('div', null, look), found);
  look.addEventListener('click', async () => {
    look.disabled = true;
    element.note('looking');
    try {
      const to = Date.parse(live.statusOf(of.name)?.complete_up_to ?? new Date(live.now()).toISOString());
      const rows = await query(
        `SELECT ${id(of.camera)} AS camera, MAX(source_time) AS seen, AVG(EXTRACT(EPOCH FROM source_time) - EXTRACT(EPOCH FROM ${id(of.time)})) AS behind
         FROM ${id(of.name)} WHERE ${id(of.time)} >= '${at(to - of.hotKeep)}' GROUP BY ${id(of.camera)}`);
      const asked = live.now();
      const odd = rows
        .map((row) => ({camera: row.camera, seen: Date.parse(row.seen), behind: row.behind * 1000}))
        .map((row) => ({...row, silent: asked - row.seen > SILENT_MILLIS, off: Math.abs(row.behind) > SKEW_MILLIS}))
        .filter((row) => row.silent || row.off)
        .sort((a, b) => a.seen - b.seen);
      found.hidden = false;
      found.show(odd.map((row) => [row.camera, `${span(Math.max(0, asked - row.seen))} ago`, row.off ? `${span(Math.abs(row.behind))} ${row.behind > 0 ? 'slow' : 'fast'}` : 'agrees', [row.silent ? 'silent' : '', row.off ? 'clock or delay' : ''].filter(Boolean).join(', ')]));
      element.note(`${count(odd.length)} of ${count(rows.length)} cameras of the last ${span(of.hotKeep)}, at ${clock(live.now())}`);
    } catch (error) {
      element.note(error.message);
    }
    look.disabled = false;
  });
  return element;
}
