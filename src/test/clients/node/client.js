// node-postgres against the gateway: node client.js HOST PORT ROOT_CERTIFICATE. Prints a line for each step that went well.
const fs = require('fs');
const { Client, Query } = require('pg');

const [host, port, root] = process.argv.slice(2);
const settings = (password) => ({
  host, port: Number(port), database: 'sightline', user: 'ann', password,
  ssl: { ca: fs.readFileSync(root, 'utf8') },
});
const ok = (step, found) => console.log(`${step}: ${found}`);
const rows = async (client, text, values) => (await client.query({ text, values, rowMode: 'array' })).rows;

async function main() {
  const client = new Client(settings('pencil'));
  await client.connect();
  ok('connect', (await rows(client, 'SELECT current_user'))[0]);
  ok('catalog', (await rows(client,
    "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")).join(' '));
  ok('parameters', await rows(client,
    'SELECT COUNT(*) FROM detections WHERE site = $1 AND lane < $2 AND event_time >= $3 AND wet = $4',
    ['Reading', 8, new Date('2026-03-14T09:00:00Z'), true]));

  // A cancel is a connection of its own, with what the server told this one.
  const endless = client.query('SELECT * FROM endless').then(() => 'no error', (e) => e.code);
  setTimeout(() => new Client(settings('pencil')).cancel(client, client.activeQuery || client._activeQuery), 500);
  ok('cancel', await endless);

  let count = 0;
  const large = new Query({ text: 'SELECT * FROM large', rowMode: 'array' });
  large.on('row', () => { count += 1; });
  const end = new Promise((resolve, reject) => { large.on('end', resolve); large.on('error', reject); });
  client.query(large);
  await end;
  ok('large', count);
  await client.end();

  const stranger = new Client(settings('wrong'));
  ok('wrong password', await stranger.connect().then(() => 'let in', (e) => e.code));
  await stranger.end().catch(() => {});
}

main().then(() => process.exit(0), (e) => { console.error(e); process.exit(1); });
