// Clients by others (graphql-ws, graphql-sse) against a running gateway over the subgraphs of events.mjs. TRIBUTARY_URL is its address.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import WebSocket from 'ws';

const url = `${process.env.TRIBUTARY_URL}/graphql`;
const clients = {
  'graphql-ws': () => createWsClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 }),
  'graphql-sse': () => createSseClient({ url, retryAttempts: 0 }),
};

/** All that a client is sent until the end. */
async function all(client, query, variables) {
  const answers = [];
  for await (const answer of client.iterate({ query, variables })) answers.push(answer);
  return answers;
}

for (const [name, create] of Object.entries(clients)) {
  test(`${name}: a subscription with entities of another subgraph`, async () => {
    const client = create();
    const query = 'subscription Sold($most: Int!) { sold(most: $most) { number buyer { name } } }';
    const answers = await all(client, query, { most: 3 });
    assert.deepEqual(
      answers.map((answer) => answer.data),
      [1, 2, 3].map((number) => ({ sold: { number, buyer: { name: `user u${number}` } } })),
    );
    client.dispose();
  });

  test(`${name}: queries and mutations`, async () => {
    const client = create();
    assert.deepEqual(await all(client, '{ open }'), [{ data: { open: true } }]);
    assert.deepEqual(await all(client, 'mutation { close }'), [{ data: { close: true } }]);
    client.dispose();
  });

  test(`${name}: two at a time, one of them left early`, async () => {
    const client = create();
    for await (const { data } of client.iterate({ query: 'subscription { forever { number } }' })) {
      assert.deepEqual(data, { forever: { number: 0 } });
      assert.equal((await all(client, 'subscription { sold(most: 2) { number } }')).length, 2);
      break;
    }
    client.dispose();
  });

  test(`${name}: what is wrong is told`, async () => {
    const client = create();
    const told = await all(client, '{ nope }').then(
      ([answer]) => answer.errors,
      (errors) => errors,
    );
    assert.equal(told[0].extensions.code, 'GRAPHQL_VALIDATION_FAILED');
    const [answer] = await all(client, 'subscription { broken { number } }');
    assert.equal(answer.data, null);
    assert.deepEqual(answer.errors[0].path, ['broken']);
    client.dispose();
  });
}
