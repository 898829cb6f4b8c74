// The JSON API. Every failure becomes an Error with what the reader can do about it.

export class LoginNeeded extends Error {}

async function answer(response) {
  const body = response.status === 204 ? {} : await response.json().catch(() => ({}));
  if (response.status === 401) throw new LoginNeeded(body.error?.message ?? 'not logged in');
  const error = body.error ?? (response.ok ? null : {message: `the gateway answers ${response.status}`});
  if (error) throw new Error(error.hint ? `${error.message}; ${error.hint}` : error.message);
  return body;
}

export const get = async (path, signal) => answer(await fetch(path, {signal}));

export const post = async (path, body, signal) =>
  answer(await fetch(path, {method: 'POST', signal, headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)}));

/** Rows of a statement, each an object by column. */
export async function query(sql, parameters = [], signal = undefined) {
  const {columns, rows} = await post('/api/sql', {sql, parameters}, signal);
  return rows.map((row) => Object.fromEntries(row.map((value, i) => [columns[i].name, value])));
}

/** A name in SQL. */
export const id = (name) => `"${name.replaceAll('"', '""')}"`;

/** A time in SQL. */
export const at = (millis) => new Date(millis).toISOString();
