// What the event stream says, kept: the last ten minutes of each pipeline's finest rollup, the last minute's sums, the status.

export const RATE_MILLIS = 10_000;
const SHOWN_MILLIS = 600_000;
const STALE_MILLIS = 5_000;
const REOPEN_MILLIS = 2_000;
const AGES = 120;

/**
 * @param {() => void} onChange called after each frame, and when the connection changes
 * @param {() => void} onClosed called when the gateway will not have us: perhaps a login is needed
 */
export function openLive(onChange, onClosed) {
  const live = {rollups: {}, status: [], problem: null, connection: 'connecting', lastFrame: 0, ages: {}, close};
  let source;
  let timer;
  let clockOffset = 0;
  const listening = new AbortController();

  // A browser opens six connections to a gateway, over all its tabs: one that nobody looks at, or has left, must hold none.
  document.addEventListener('visibilitychange', () => (document.hidden ? hangUp() : open()), {signal: listening.signal});
  addEventListener('pagehide', hangUp, {signal: listening.signal});
  addEventListener('pageshow', open, {signal: listening.signal});

  function open() {
    if (document.hidden || (source && source.readyState !== EventSource.CLOSED)) return;
    source = new EventSource('/api/events');
    source.addEventListener('open', () => change('live'));
    source.addEventListener('rollup', (event) => takeRollup(JSON.parse(event.data)));
    source.addEventListener('status', (event) => takeStatus(JSON.parse(event.data)));
    source.addEventListener('error', () => {
      change('lost');
      if (source.readyState === EventSource.CLOSED) {
        timer = setTimeout(() => { onClosed(); open(); }, REOPEN_MILLIS);
      }
    });
  }

  function change(connection) {
    live.connection = connection;
    onChange();
  }

  function takeRollup(frame) {
    let known = live.rollups[frame.pipeline];
    if (!known || frame.whole || known.rollup !== frame.rollup) known = {totals: new Map()};
    for (const [window, total] of frame.totals) known.totals.set(window, total);
    for (const window of known.totals.keys()) {
      if (window < frame.complete_up_to_ms - SHOWN_MILLIS) known.totals.delete(window);
    }
    live.rollups[frame.pipeline] = {
      totals: known.totals,
      rollup: frame.rollup,
      windowMillis: frame.window_ms,
      completeUpTo: frame.complete_up_to_ms,
      lastMinute: frame.last_minute,
    };
    const ages = (live.ages[frame.pipeline] ??= []);
    ages.push(Date.now() - frame.complete_up_to_ms);
    if (ages.length > AGES) ages.shift();
  }

  function takeStatus(frame) {
    live.status = frame.pipelines;
    live.problem = frame.problem ?? null;
    live.lastFrame = performance.now();
    clockOffset = frame.at_ms - Date.now();
    change('live');
  }

  function hangUp() {
    clearTimeout(timer);
    source?.close();
    live.connection = 'connecting';
  }

  function close() {
    listening.abort();
    hangUp();
  }

  /** 'connecting', 'live', 'stale', 'lost' or 'problem'. */
  live.state = () => {
    if (live.connection !== 'live') return live.connection;
    if (live.lastFrame === 0) return 'connecting';
    if (performance.now() - live.lastFrame > STALE_MILLIS) return 'stale';
    return live.problem ? 'problem' : 'live';
  };
  /** Now, by the gateway's clock. */
  live.now = () => Date.now() + clockOffset;
  live.statusOf = (pipeline) => live.status.find((row) => row.pipeline === pipeline);

  open();
  return live;
}

/** Points of windows so long, as rates. */
export function perSecond({complete, open}, windowMillis) {
  const rates = (points) => points.map(([window, total]) => [window, (total * 1000) / windowMillis]);
  return {complete: rates(complete), open: rates(open)};
}

export const sum = (points) => points.reduce((all, [, value]) => all + value, 0);

/** Detections a second over the newest complete windows: of ten seconds, or one that is longer. */
export function recentRate(complete, windowMillis) {
  const recent = complete.slice(-Math.max(1, RATE_MILLIS / windowMillis));
  return sum(recent) / Math.max(1, (recent.length * windowMillis) / 1000);
}

/**
 * Totals of each window as [start, total], complete ones and those still open.
 *
 * @param since before the first window that anybody saw nothing is known, which is not zero
 */
export function series({totals, windowMillis, completeUpTo}, from, to, since = Math.min(...totals.keys())) {
  const complete = [];
  const open = [];
  for (let window = Math.ceil(Math.max(from, since) / windowMillis) * windowMillis; window < to; window += windowMillis) {
    const isOpen = window + windowMillis > completeUpTo;
    const total = totals.get(window);
    if (isOpen) {
      if (total !== undefined) open.push([window, total]);
    } else {
      complete.push([window, total ?? 0]);
    }
  }
  return {complete, open};
}

/** The value that a share of the values does not exceed. */
export function quantile(values, share) {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
}
