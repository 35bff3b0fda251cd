// Apollo Client against a running gateway over the subgraphs of events.mjs: it understands an answer in parts. TRIBUTARY_URL is its address.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { Defer20220824Handler } from '@apollo/client/incremental';

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
  const query = gql`
    query {
      regular {
        id
        ... @defer(label: "late") {
          name
        }
      }
    }
  `;
  const { data, error } = await client.query({ query });
  assert.equal(error, undefined);
  assert.deepEqual(data.regular, { __typename: 'User', id: 'u9', name: 'user u9' });
  assert.deepEqual(types, ['multipart/mixed; boundary="-"; deferSpec=20220824']);
});
