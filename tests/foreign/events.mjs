// Subgraphs by others with subscriptions: Apollo's library makes the schemas, graphql-ws and graphql-sse serve the events. They know
// nothing of Tributary. Two of them, so that every event needs an entity of the other.
import http from 'node:http';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { createHandler as createHttpHandler } from 'graphql-http/lib/use/http';
import { createHandler as createSseHandler } from 'graphql-sse/lib/use/http';
import gql from 'graphql-tag';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';

const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])';

const shop = buildSubgraphSchema({
  typeDefs: gql`
    ${link}
    type Query { open: Boolean! regular: User! }
    type Mutation { close: Boolean! }
    type Subscription { sold(most: Int!): Sale! broken: Sale! forever: Sale! }
    type Sale { number: Int! buyer: User! }
    type User @key(fields: "id") { id: ID! }
  `,
  resolvers: {
    Query: { open: () => true, regular: () => ({ id: 'u9' }) },
    Mutation: { close: () => true },
    Subscription: {
      sold: {
        async *subscribe(_, { most }) {
          for (let number = 1; number <= most; number += 1) yield { sold: { number, buyer: { id: `u${number}` } } };
        },
      },
      broken: {
        subscribe() {
          throw new Error('not today');
        },
      },
      forever: {
        async *subscribe() {
          yield { forever: { number: 0, buyer: { id: 'u0' } } };
          await new Promise(() => {});
        },
      },
    },
  },
});

const people = buildSubgraphSchema({
  typeDefs: gql`
    ${link}
    type Query { nobody: Boolean }
    type User @key(fields: "id") { id: ID! name: String! }
  `,
  resolvers: { User: { __resolveReference: ({ id }) => ({ id, name: `user ${id}` }) } },
});

/** Answers requests at /graphql and events at /events, by either protocol. */
function serve(schema) {
  const answer = createHttpHandler({ schema });
  const stream = createSseHandler({ schema });
  const server = http.createServer((request, response) =>
    request.url === '/events' ? stream(request, response) : answer(request, response),
  );
  useServer({ schema }, new WebSocketServer({ server, path: '/events' }));
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}/graphql`));
  });
}

console.log(`${await serve(shop)} ${await serve(people)}`);
// The test that started it holds the other end: when that closes, so does this.
process.stdin.on('end', () => process.exit(0)).resume();
