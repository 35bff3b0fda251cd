// The console in a real browser without a network: it loads, runs the first query, switches tenant, shows the plan.
//   TRIBUTARY_URL  the gateway's address, e.g. http://127.0.0.1:4000
//   CHROMIUM       the browser's path; /usr/bin/chromium when not set
//   SCREENSHOT     where to save a picture of the console (PNG); with "-dark" before the ending for the dark theme
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';

const url = process.env.TRIBUTARY_URL;
const screenshot = process.env.SCREENSHOT;
const TIMEOUT_MS = 30_000;

let profile;
let context;

before(async () => {
  assert.ok(url, 'TRIBUTARY_URL must be set to the address of a running gateway');
  profile = await mkdtemp(join(tmpdir(), 'tributary-browser-'));
  context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    viewport: { width: 1280, height: 800 },
    colorScheme: 'light',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  context.setDefaultTimeout(TIMEOUT_MS);
});

after(async () => {
  await context?.close();
  if (profile) {
    await rm(profile, { recursive: true, force: true });
  }
});

test('the console works offline', { timeout: 4 * TIMEOUT_MS }, async (t) => {
  const page = context.pages()[0] ?? (await context.newPage());
  const watched = await watch(page);
  const answer = page.getByRole('region', { name: 'Result Window' });
  const run = page.getByRole('button', { name: /execute query/i });
  const tenant = page.getByRole('combobox', { name: 'Tenant' });

  await t.test('opens with a first query in the editor', async () => {
    await page.goto(url);
    assert.equal(await page.title(), 'Tributary');
    await opened(page);
    await run.waitFor();
  });

  await t.test('answers the first query for acme', async () => {
    await tenant.selectOption('acme');
    await runAndSee(run, answer, /acme/i);
    assert.doesNotMatch(await answer.innerText(), /globex/i);
  });

  await t.test('answers the same query for globex after the switch', async () => {
    await tenant.selectOption('globex');
    await runAndSee(run, answer, /globex/i);
    assert.doesNotMatch(await answer.innerText(), /acme/i);
  });

  await t.test('offers the roles by keyboard', async () => {
    const role = page.getByRole('combobox', { name: 'Role' });
    const before = await role.inputValue();
    await role.focus();
    await page.keyboard.press('ArrowDown');
    assert.notEqual(await role.inputValue(), before);
    await page.keyboard.press('ArrowUp');
    assert.equal(await role.inputValue(), before);
  });

  await t.test('shows plan and fetches of the last run', async () => {
    await page.getByRole('button', { name: 'Show Plan & trace' }).click();
    const panel = page.getByRole('region', { name: 'Plan & trace' });
    const fetches = panel.getByRole('list', { name: 'Fetches' });
    for (const subgraph of ['users', 'orders', 'billing']) {
      await fetches.getByText(subgraph, { exact: true }).first().waitFor();
    }
    assert.match(await panel.innerText(), /Request id\s+\S+/);
    assert.match(await panel.innerText(), /Trace id\s+[0-9a-f]{32}/);
    assert.match(await panel.getByLabel('Query plan').innerText(), /#0 users/);
  });

  await t.test('draws the plan: each fetch below what it waits for, and the critical path', async () => {
    const panel = page.getByRole('region', { name: 'Plan & trace' });
    const graph = panel.getByRole('list', { name: 'Plan as a graph' });
    const nodes = graph.getByRole('button');
    const names = await nodes.evaluateAll((all) => all.map((node) => node.getAttribute('aria-label')));
    assert.match(names[0], /^Fetch 0 from users, [\d.]+ ms, on the critical path$/);
    const tops = await nodes.evaluateAll((all) => all.map((node) => node.getBoundingClientRect().top));
    let waits = 0;
    names.forEach((name, id) => {
      for (const [, before] of name.matchAll(/(?:after|and) fetch (\d+)/g)) {
        waits += 1;
        assert.ok(tops[before] < tops[id], `${name} stands below fetch ${before}`);
      }
    });
    assert.ok(waits >= names.length - 1, 'every fetch but the first waits');
    assert.equal(await graph.locator('xpath=..').locator('svg path').count(), waits, 'an edge for each wait');

    // The critical path ends with the fetch that ended last, and bars and graph agree on it.
    const critical = names.flatMap((name, id) => (name.endsWith('on the critical path') ? [`#${id}`] : []));
    const told = await panel.getByText(/^\s*Critical path:/).innerText();
    assert.deepEqual(told.match(/#\d+/g), critical);
    const rows = await panel
      .getByRole('list', { name: 'Fetches' })
      .getByRole('listitem')
      .evaluateAll((all) =>
        all.map((row) => ({
          id: row.querySelector('small').textContent,
          critical: row.querySelector('em') !== null,
          end: row.querySelector('.waterfall-lane div').getBoundingClientRect().right,
        })),
      );
    assert.deepEqual(rows.filter((row) => row.critical).map((row) => row.id).sort(), [...critical].sort());
    const last = rows.reduce((a, b) => (b.end > a.end ? b : a));
    assert.equal(last.id, critical.at(-1));
  });

  await t.test('shows sizes, and by keyboard the operation of a fetch', async () => {
    const panel = page.getByRole('region', { name: 'Plan & trace' });
    const row = panel.getByRole('list', { name: 'Fetches' }).getByRole('listitem').filter({ hasText: '#1' });
    assert.match(await row.first().innerText(), /from [\d.]+ ms\s+1 entity\s+[\d.]+ k?B out\s+[\d.]+ k?B in\s+\d+ SQL\s+ok/i);
    const node = panel.getByRole('button', { name: /^Fetch 1 from/ });
    await node.focus();
    await page.keyboard.press('Enter');
    assert.match(await panel.getByLabel('Operation of fetch 1').innerText(), /_entities/);
    assert.equal(await node.getAttribute('aria-pressed'), 'true');
    await page.keyboard.press('Enter');
    assert.equal(await panel.getByLabel('Operation of fetch 1').count(), 0);
  });

  await t.test('completes field names from the schema', async () => {
    // The suggestions come from the language worker: seen only if workers may start under the policy.
    const editor = page.getByRole('region', { name: 'Operation Editor' });
    await page.getByRole('button', { name: 'New tab' }).click();
    await editor.locator('.view-lines').click();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type('{ __type');
    await page.keyboard.press('Control+Space');
    await page.locator('.suggest-widget.visible').getByText('__typename').first().waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Close Tab' }).last().click();
    await answer.getByText(/globex/i).first().waitFor();
  });

  await t.test('asked nothing of any other host and broke no rule of the page', async () => {
    if (screenshot) {
      await page.mouse.move(640, 400);
      await page.getByRole('heading', { name: 'Plan & trace' }).scrollIntoViewIfNeeded();
      await page.screenshot({ path: screenshot });
      await page.emulateMedia({ colorScheme: 'dark' });
      await page.reload();
      await opened(page);
      await runAndSee(run, answer, /acme|globex/i);
      await page.screenshot({ path: screenshot.replace(/(\.png)?$/, '-dark.png') });
    }
    assert.deepEqual(watched.foreign, [], 'requests to other hosts');
    assert.deepEqual(watched.complaints, [], 'errors in the console of the browser');
  });
});

test('a refused token is renewed once, unseen', { timeout: 2 * TIMEOUT_MS }, async () => {
  const page = await context.newPage();
  let configs = 0;
  let refused = 0;
  await page.route('**/console/config.json', async (route) => {
    configs += 1;
    const response = await route.fetch();
    const config = await response.json();
    if (configs === 1) {
      config.tokens = config.tokens.map((entry) => ({ ...entry, token: 'no.longer.good' }));
    }
    await route.fulfill({ response, json: config });
  });
  page.on('response', (response) => {
    refused += response.status() === 401 ? 1 : 0;
  });
  await page.goto(url);
  const tenant = page.getByRole('combobox', { name: 'Tenant' });
  await tenant.waitFor();
  const signedInAs = await tenant.inputValue();
  await opened(page);
  const answer = page.getByRole('region', { name: 'Result Window' });
  await runAndSee(page.getByRole('button', { name: /execute query/i }), answer, new RegExp(signedInAs, 'i'));
  assert.doesNotMatch(await answer.innerText(), /UNAUTHENTICATED/);
  assert.ok(refused > 0, 'the gateway refuses the bad token');
  assert.ok(configs > 1, 'the page asks for new tokens');
  await page.close();
});

test('the picture shows what failed, what was not sent, and plans without a trace', { timeout: 2 * TIMEOUT_MS }, async () => {
  const page = await context.newPage();
  const planned = (subgraph, ...after) => ({ subgraph, after, operation: '{ a }', target: { kind: 'root' } });
  const ran = (id, subgraph, startUs, durationUs, status = 'ok') => ({ id, subgraph, startUs, durationUs, status });
  const tributary = {
    // The critical path goes through what was not sent; a fetch that runs twice counts to its last end.
    plan: { text: 'text', fetches: [planned('one'), planned('two', 0), planned('three', 1), planned('two', 0)] },
    fetches: [ran(0, 'one', 0, 1000), ran(0, 'one', 1000, 4000), ran(3, 'two', 5000, 100, 'timeout'), ran(2, 'three', 5000, 3000, 503)],
  };
  await page.route('**/graphql', async (route) => {
    const introspects = route.request().postDataJSON().operationName === 'IntrospectionQuery';
    await (introspects ? route.continue() : route.fulfill({ json: { data: { canned: true }, extensions: { tributary } } }));
  });
  await page.goto(url);
  await opened(page);
  const run = page.getByRole('button', { name: /execute query/i });
  const answer = page.getByRole('region', { name: 'Result Window' });
  await runAndSee(run, answer, /canned/);
  const panel = page.getByRole('region', { name: 'Plan & trace' });
  if (!(await panel.isVisible())) {
    await page.getByRole('button', { name: 'Show Plan & trace' }).click();
  }
  const nodes = panel.getByRole('list', { name: 'Plan as a graph' }).getByRole('button');
  const names = () => nodes.evaluateAll((all) => all.map((node) => node.getAttribute('aria-label')));
  assert.deepEqual(await names(), [
    'Fetch 0 from one, 5.00 ms, on the critical path',
    'Fetch 1 from two, after fetch 0, not sent',
    'Fetch 2 from three, after fetch 1, 3.00 ms, failed, on the critical path',
    'Fetch 3 from two, after fetch 0, 0.10 ms, failed',
  ]);
  assert.equal(await nodes.nth(1).innerText().then((text) => text.split('\n').at(-1)), 'not sent');
  const fetches = panel.getByRole('list', { name: 'Fetches' });
  await fetches.getByText('status 503').waitFor();
  await fetches.getByText('status timeout').waitFor();

  delete tributary.fetches;
  await run.click();
  await fetches.waitFor({ state: 'detached' });
  assert.equal((await names())[1], 'Fetch 1 from two, after fetch 0');
  assert.equal(await panel.getByText(/Critical path:/).count(), 0);
  await page.close();
});

/** Blocks and notes requests to other hosts; notes errors, warnings about workers and policy violations. */
async function watch(page) {
  const foreign = [];
  const complaints = [];
  const origin = new URL(url).origin;
  await page.route('**/*', (route) => {
    const target = new URL(route.request().url());
    if (target.origin === origin || target.protocol === 'data:') {
      return route.continue();
    }
    foreign.push(target.href);
    return route.abort();
  });
  page.on('console', (message) => {
    // Monaco only warns when a worker cannot start, and then freezes the page by working in it.
    const type = message.type();
    if (type === 'error' || (type === 'warning' && /worker/i.test(message.text()))) {
      complaints.push(message.text());
    }
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.exposeFunction('tributaryNote', (violation) => complaints.push(violation));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      globalThis.tributaryNote(`${event.violatedDirective} blocked ${event.blockedURI}`);
    });
  });
  return { foreign, complaints };
}

/** Waits for the query in the editor: before, there is nothing to run. */
async function opened(page) {
  await page.getByRole('region', { name: 'Operation Editor' }).getByText(/^query/).first().waitFor();
}

async function runAndSee(run, answer, text) {
  await run.click();
  await answer.getByText(text).first().waitFor();
}
