// Start, login, and which view is shown.
import {get, LoginNeeded, post} from './api.js';
import {h, span, text} from './dom.js';
import {openLive} from './live.js';
import {model, places} from './model.js';
import {now} from './now.js';

const LOOK_AGAIN_MILLIS = 2_000;
const RETRY_MILLIS = 3_000;

const main = document.getElementById('main');
const state = document.getElementById('state');
const choice = document.getElementById('pipeline');
let live = null;
let view = null;
let shown = null;
let answer = null;
let of = null;
let known = null;

async function start() {
  try {
    answer = await get('/api/pipelines');
  } catch (error) {
    if (error instanceof LoginNeeded) return showLogin();
    main.replaceChildren(h('p', {class: 'notice bad', role: 'alert'}, `The gateway does not answer: ${error.message}. Trying again.`));
    return void setTimeout(start, RETRY_MILLIS);
  }
  const who = document.getElementById('who');
  who.hidden = answer.role === 'reader' && answer.user === 'anybody';
  document.getElementById('logout').hidden = who.hidden;
  text(who, answer.user);
  const usable = answer.pipelines.filter((pipeline) => model(pipeline).live);
  if (usable.length === 0) {
    setState('connecting');
    main.replaceChildren(h('p', {class: 'loading'}, answer.pipelines.length === 0 ? 'No pipeline runs that you may read. Submit one: ./sightline submit FILE' : 'No pipeline that you may read has a rollup that counts.'));
    return void setTimeout(start, RETRY_MILLIS);
  }
  choice.replaceChildren(...usable.map((pipeline) => h('option', {value: pipeline.pipeline}, pipeline.pipeline)));
  document.getElementById('pipeline-choice').hidden = usable.length < 2;
  choose(usable[0]);
  live ??= openLive(refresh, check);
  await show();
}

function choose(pipeline) {
  of = model(pipeline);
  known = places(of);
  shown = null;
}

const routes = {
  now: () => now,
  trust: async () => (await import('./trust.js')).trust,
  history: async () => (await import('./history.js')).history,
  place: async () => (await import('./place.js')).place,
};

async function show() {
  const [name, argument] = (location.hash.replace(/^#\//, '') || 'now').split('/');
  const route = routes[name] ? name : 'now';
  const target = `${route}/${argument ?? ''}`;
  if (target === shown || !of || !live) return;
  shown = target;
  for (const link of document.querySelectorAll('nav a')) {
    const current = link.hash === `#/${route === 'place' ? 'now' : route}`;
    if (current) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  const make = await routes[route]();
  if (target !== shown) return;
  view?.destroy();
  view = null;
  document.title = `Sightline: ${route}`;
  view = make(main, {of, live, known, readable: answer.relations}, decodeURIComponent(argument ?? ''));
}

/** Tells of the connection, and has the view drawn again. */
function refresh() {
  setState(live.state());
  view?.update();
}

function setState(is) {
  const words = {
    connecting: 'Connecting',
    live: 'Live',
    stale: `No news for ${span(performance.now() - (live?.lastFrame ?? 0))}`,
    lost: 'Reconnecting',
    problem: live?.problem ?? 'The grid does not answer',
  };
  state.dataset.is = is === 'lost' ? 'stale' : is;
  text(state, words[is]);
}

/** The stream was refused: perhaps the session has ended. */
async function check() {
  try {
    await get('/api/pipelines');
  } catch (error) {
    if (error instanceof LoginNeeded) showLogin();
  }
}

function showLogin(message = '') {
  live?.close();
  live = null;
  view?.destroy();
  view = null;
  shown = null;
  setState('connecting');
  text(state, 'Not logged in');
  document.getElementById('logout').hidden = true;
  const user = h('input', {name: 'user', autocomplete: 'username', required: true, autocapitalize: 'none'});
  const password = h('input', {name: 'password', type: 'password', autocomplete: 'current-password', required: true});
  const wrong = h('p', {class: 'notice bad', role: 'alert', hidden: message === ''}, message);
  const form = h('form', {onsubmit: async (event) => {
    event.preventDefault();
    try {
      await post('/api/login', {user: user.value, password: password.value});
      await start();
    } catch (error) {
      password.value = '';
      wrong.hidden = false;
      text(wrong, error instanceof LoginNeeded ? 'User or password is wrong.' : error.message);
      password.focus();
    }
  }}, h('label', null, 'User', user), h('label', null, 'Password', password), wrong, h('button', {class: 'first'}, 'Log in'));
  main.replaceChildren(h('section', {class: 'panel login'}, h('h1', null, 'Log in'), form));
  user.focus();
}

addEventListener('hashchange', async () => {
  await show();
  main.focus({preventScroll: true});
  scrollTo(0, 0);
});
choice.addEventListener('change', () => {
  choose(answer.pipelines.find((pipeline) => pipeline.pipeline === choice.value));
  show();
});
document.getElementById('logout').addEventListener('click', async () => {
  await post('/api/logout', {}).catch(() => {});
  showLogin();
});
setInterval(() => live && setState(live.state()), LOOK_AGAIN_MILLIS);
start();
