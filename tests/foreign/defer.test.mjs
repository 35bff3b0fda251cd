// Apollo Client, urql and graphql-ws against a running gateway over the subgraphs of events.mjs: they understand an answer in parts. TRIBUTARY_URL is
// its address.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { Defer20220824Handler } from '@apollo/client/incremental';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const query = 'query { regular { id ... @defer(label: "late") { name } } }';
const webSocket = () =>
  createClient({ url: `${process.env.TRIBUTARY_URL}/graphql`.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });

test('graphql-ws gets what is deferred in a message of its own', async () => {
  const client = webSocket();
  const parts = [];
  for await (const part of client.iterate({ query })) parts.push(part);
  assert.deepEqual(parts, [
    { data: { regular: { id: 'u9' } }, hasNext: true },
    { incremental: [{ data: { name: 'user u9' }, path: ['regular'], label: 'late' }], hasNext: false },
  ]);
  client.dispose();
});

test('Apollo Client puts the parts together over graphql-ws', async () => {
  const socket = webSocket();
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    incrementalHandler: new Defer20220824Handler(),
    link: new GraphQLWsLink(socket),
  });
  const { data, error } = await client.query({ query: gql(query) });
  assert.equal(error, undefined);
  assert.deepEqual(data.regular, { __typename: 'User', id: 'u9', name: 'user u9' });
  socket.dispose();
});

test('Apollo Client gets what is deferred after the rest', async () => {
  const types = [];
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    incrementalHandler: new Defer20220824Handler(),
    link: new HttpLink({
      uri: `${process.env.TRIBUTARY_URL}/graphql`,
      fetch: async (...request) => {
        const response = await fetch(...request);
        types.push(response.headers.get('content-type'));
        return response;
      },
    }),
  });
  const { data, error } = await client.query({ query: gql(query) });
  assert.equal(error, undefined);
  assert.deepEqual(data.regular, { __typename: 'User', id: 'u9', name: 'user u9' });
  assert.deepEqual(types, ['multipart/mixed; boundary="-"; deferSpec=20220824']);
});

test('urql puts the parts together, over HTTP and over graphql-ws', async () => {
  const url = `${process.env.TRIBUTARY_URL}/graphql`;
  const socket = webSocket();
  const overWebSocket = subscriptionExchange({
    enableAllOperations: true,
    forwardSubscription: (request) => ({
      subscribe: (sink) => ({ unsubscribe: socket.subscribe({ ...request, query: request.query ?? '' }, sink) }),
    }),
  });
  for (const exchange of [fetchExchange, overWebSocket]) {
    const client = new Client({ url, exchanges: [exchange], preferGetMethod: false });
    // Without toPromise(), which hangs up as soon as it has the last part and then fails on the rest of the body.
    const last = (resolve) => client.query(query, {}).subscribe((result) => result.hasNext || resolve(result));
    const { data, error } = await new Promise(last);
    assert.equal(error, undefined);
    assert.deepEqual({ ...data.regular }, { id: 'u9', name: 'user u9' });
  }
  socket.dispose();
});
