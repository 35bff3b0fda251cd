// Our supergraph in the hands of an outside router's own code: Apollo's reads it and plans the console's first query.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { operationFromDocument, Supergraph } from '@apollo/federation-internals';
import { QueryPlanner } from '@apollo/query-planner';
import gql from 'graphql-tag';

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

test('Apollo reads the supergraph and plans one query over three subgraphs', () => {
  const supergraph = Supergraph.build(read('schema/supergraph.graphql'));
  const query = gql(read('crates/tributary/src/dev/first_query.graphql'));
  const plan = new QueryPlanner(supergraph).buildQueryPlan(operationFromDocument(supergraph.schema, query));
  const asked = new Set();
  JSON.stringify(plan, (key, value) => (key === 'serviceName' ? asked.add(value) : value));
  assert.deepEqual([...asked].sort(), ['billing', 'orders', 'users']);
});
