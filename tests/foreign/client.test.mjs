// A GraphQL client by others (urql) and the audit of GraphQL over HTTP (graphql-http), against a running gateway.
// TRIBUTARY_URL is its address, TRIBUTARY_TOKEN a token of acme's owner.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, fetchExchange } from '@urql/core';
import { auditServer } from 'graphql-http';

const url = `${process.env.TRIBUTARY_URL}/graphql`;
const authorization = `Bearer ${process.env.TRIBUTARY_TOKEN}`;

test('urql asks one question over three subgraphs', async () => {
  const client = new Client({ url, exchanges: [fetchExchange], preferGetMethod: false, fetchOptions: { headers: { authorization } } });
  const { data, error } = await client
    .query(
      `query Latest($first: Int!) {
        organization { slug orders(first: $first) { nodes { number placedBy { displayName } invoice { number } } } }
      }`,
      { first: 3 },
    )
    .toPromise();
  assert.equal(error, undefined);
  assert.equal(data.organization.slug, 'acme');
  assert.equal(data.organization.orders.nodes.length, 3);
});

test('the audit of GraphQL over HTTP', async (context) => {
  const fetchFn = (input, init = {}) => fetch(input, { ...init, headers: { ...init.headers, authorization } });
  const results = await auditServer({ url, fetchFn });
  assert.ok(results.length > 20, 'the audit ran');
  for (const result of results) {
    await context.test(`${result.id} ${result.name}`, () => {
      assert.equal(result.status, 'ok', result.reason);
    });
  }
});
